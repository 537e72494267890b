import { describe, expect, it } from 'vitest';
import { withTables } from './readme-tables.ts';

const actionFile = `
inputs:
  one:
    description: The first | one.
    required: true
  two:
    description: The second.
    default: '30'
  three:
    description: The third.
    default: ''
outputs:
  out:
    description: What comes out.
`;
const readme = (inputs: string, outputs: string) =>
  `# A\n<!-- inputs -->\n${inputs}<!-- /inputs -->\nB\n<!-- outputs -->\n${outputs}<!-- /outputs -->\nC\n`;

describe('withTables', () => {
  const wanted = readme(
    '| Input | Meaning | Default |\n| --- | --- | --- |\n| `one` | The first \\| one. | **required** |\n| `two` | The second. | `30` |\n| `three` | The third. |  |\n',
    '| Output | Meaning |\n| --- | --- |\n| `out` | What comes out. |\n',
  );

  it('writes the tables between their comments and replaces old ones', () => {
    expect(withTables(readme('', ''), actionFile)).toBe(wanted);
    expect(withTables(readme('| old |\n', 'x\n'), actionFile)).toBe(wanted);
    expect(withTables(wanted, actionFile)).toBe(wanted);
  });

  it('reports the missing comment', () => {
    expect(() => withTables('<!-- inputs --><!-- /inputs -->', actionFile)).toThrow(
      'does not contain <!-- outputs --> … <!-- /outputs -->',
    );
  });
});

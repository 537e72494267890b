import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { azureClouds } from '../emulator/azure-clouds.ts';
import { controlRoutes } from '../emulator/control-routes.ts';
import { Faults } from '../emulator/proxy/faults.ts';
import { transientFailures } from '../emulator/transient-failures.ts';
import { parseCommandLine } from '../lab/command-line.ts';

// The reference for faults and control routes.

const document = readFileSync('docs/emulator.md', 'utf8');

/** Without the head. */
function rowsUnder(heading: string): string[] {
  const withoutCode = document.replaceAll(/^```[\s\S]*?^```$/gm, '');
  const [, section = ''] = withoutCode.split(`\n${heading}\n`);
  const table = section
    .split(/\n#+ /)[0]!
    .split('\n')
    .filter(line => line.startsWith('|'));
  return table.slice(2);
}

test('lists every control route with its method, path, body, answer, and effect', () => {
  const expected = controlRoutes.map(({ method, path, body, summary }) => {
    const plainPath = path.replaceAll(/:(\w+)\((?:[^()\\]|\\.)*\)/g, ':$1');
    return `| \`${method}\` | \`${plainPath}\` | ${body} | ${summary} |`;
  });
  expect(expected.length).toBeGreaterThan(20);
  expect(rowsUnder('## Control routes')).toEqual(expected);
});

describe('named failures', () => {
  const rows = new Map(
    rowsUnder('### Named failures').map(row => {
      const [, name = '', , , answer = '', example = ''] = row.split('|').map(cell => cell.trim());
      return [name.replaceAll('`', ''), { answer, example: example.replaceAll('`', '') }];
    }),
  );

  test('are all listed, and no others', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(transientFailures).sort());
  });

  test.each([...rows])('%s has the answer of the code and a valid example', (name, { answer, example }) => {
    const fault = transientFailures[name]!(azureClouds.AzureCloud);
    const [, status, code] = /^(\d{3}) (?:`(.+)`|with an empty list)$/.exec(answer) ?? [];
    expect(fault.status).toBe(Number(status));
    expect(JSON.stringify(fault.body)).toContain(code ?? '"value":[]');
    expect(JSON.parse(example)).toMatchObject({ failure: name });
  });
});

test('has only examples that the command line and the emulator accept', () => {
  const examples = [...document.matchAll(/--fault '(.+)'/g)].map(([, example]) => example!);
  expect(examples.length).toBeGreaterThan(3);
  const faults = new Faults(transientFailures, azureClouds.AzureCloud);
  for (const example of examples) {
    const command = parseCommandLine(['--fault', example]);
    expect(command).toMatchObject({ faults: [JSON.parse(example)] });
    faults.add(JSON.parse(example));
  }
  expect(faults.size).toBe(examples.length);
});

test('lists every member of a fault', () => {
  const source = readFileSync('emulator/proxy/faults.ts', 'utf8');
  const [, body = ''] = /export interface Fault \{\n([\s\S]*?)\n\}/.exec(source) ?? [];
  const members = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name);
  expect(members.length).toBeGreaterThan(5);
  const documented = rowsUnder('### Members of a fault').map(row => /^\| `(\w+)`/.exec(row)?.[1]);
  expect(documented.sort()).toEqual(members.sort());
});

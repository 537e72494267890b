import { afterEach, describe, expect, it, vi } from 'vitest';
import { Masks } from '../../lab/workflow/masks.ts';
import { maskSecret } from './mask.ts';

afterEach(() => vi.restoreAllMocks());

/** What the runner masks after the value was given to maskSecret, and what that returned. */
function masked(value: string): { masks: Masks; whole: boolean } {
  const masks = new Masks();
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    for (const [, data = ''] of String(text).matchAll(/^::add-mask::(.*)$/gm))
      masks.add(data.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%'));
    return true;
  });
  return { whole: maskSecret(value), masks };
}

const LOG = '{"created": "2026-11-28", "exit code": 0, "name": "x"}';

describe('maskSecret', () => {
  it.each(['x', '0', '{', '-', 'exit', 'created', ' \n ', '', 'x\ny\n', '"name"'])(
    'leaves the log readable with the value %j',
    value => {
      const { masks, whole } = masked(value);
      expect(masks.mask(LOG)).toBe(LOG);
      expect(whole).toBe(false);
    },
  );

  it('masks a long value', () => {
    const { masks, whole } = masked('correct horse');
    expect(masks.mask('it is correct horse.')).toBe('it is ***.');
    expect(whole).toBe(true);
  });

  it('masks every line of a value whose lines are long', () => {
    const { masks, whole } = masked('correct horse\nbattery staple\r\n');
    expect(masks.mask('battery staple, correct horse')).toBe('***, ***');
    expect(whole).toBe(true);
  });

  it('masks only the long lines of a JSON document', () => {
    const key = JSON.stringify({ type: 'service_account', key: 'b64/of+the+private+key' }, null, 2);
    const { masks, whole } = masked(key);
    expect(masks.mask(LOG)).toBe(LOG);
    expect(masks.mask('"key": "b64/of+the+private+key"')).toBe('***');
    expect(whole).toBe(false);
  });
});

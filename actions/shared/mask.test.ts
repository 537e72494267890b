import { afterEach, describe, expect, it, vi } from 'vitest';
import { maskSecret } from './mask.ts';

afterEach(() => vi.restoreAllMocks());

/** The masks that the runner takes from maskSecret, each line by itself, and what maskSecret returned. */
function masked(value: string): { mask: (text: string) => string; whole: boolean } {
  const masks: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    for (const [, data = ''] of String(text).matchAll(/^::add-mask::(.*)$/gm))
      masks.push(...data.split(/%0D|%0A/).filter(line => line !== ''));
    return true;
  });
  const whole = maskSecret(value);
  return { whole, mask: text => masks.reduce((shown, mask) => shown.replaceAll(mask, '***'), text) };
}

const LOG = '{"created": "2026-11-28", "exit code": 0, "name": "x"}';

describe('maskSecret', () => {
  it.each(['x', '0', '{', '-', 'exit', ' \n ', '', 'x\ny\n', ' code '])(
    'leaves the log readable with the value %j',
    value => {
      const { mask, whole } = masked(value);
      expect(mask(LOG)).toBe(LOG);
      expect(whole).toBe(false);
    },
  );

  it('masks a long value', () => {
    const { mask, whole } = masked('correct horse');
    expect(mask('it is correct horse.')).toBe('it is ***.');
    expect(whole).toBe(true);
  });

  it('masks every line of a value whose lines are long', () => {
    const { mask, whole } = masked('correct horse\nbattery staple\r\n');
    expect(mask('battery staple, correct horse')).toBe('***, ***');
    expect(whole).toBe(true);
  });

  it('masks only the long lines of a JSON document', () => {
    const key = JSON.stringify({ type: 'service_account', key: 'b64/of+the+private+key' }, null, 2);
    const { mask, whole } = masked(key);
    expect(mask(LOG)).toBe(LOG);
    expect(mask('"key": "b64/of+the+private+key"')).toBe('***');
    expect(whole).toBe(false);
  });
});

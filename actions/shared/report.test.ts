import { describe, expect, it } from 'vitest';
import { fakeTools } from './fake-tools.ts';
import { cell, created } from './report.ts';

describe('Report', () => {
  it('returns the value, and records step, outcome, and duration', async () => {
    const { report, time, lines } = fakeTools({});
    const value = await report.step('AKS cluster', 'wilab', async () => {
      await time.sleep(252_000);
      return created('value');
    });
    await expect(report.step('Vault', 'v', async () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(value).toBe('value');
    expect(lines).toEqual(['AKS cluster wilab: created (4 min 12 s)', 'Vault v: failed (0.0 s)']);
    expect(report.markdown('create-cluster').split('\n').slice(4, 6)).toEqual([
      '| AKS cluster | wilab | created | 4 min 12 s |',
      '| Vault | v | failed | 0.0 s |',
    ]);
  });
});

describe('Report.markdown', () => {
  it('shortens a summary that GitHub would reject, and keeps the reason for the failure', async () => {
    const { report } = fakeTools({});
    await report.step('AKS cluster', 'wilab', async () => created('value'));
    report.add('x'.repeat(1_100_000));
    report.add('**small**');
    const markdown = report.markdown('create-cluster', 'no');
    expect(Buffer.byteLength(markdown)).toBeLessThan(10_000);
    expect(markdown).toContain('| AKS cluster | wilab |');
    expect(markdown).toContain('_Left out: 1100002 bytes.');
    expect(markdown).toContain('**small**');
    expect(markdown).toContain('**Failed**');
  });
});

describe('cell', () => {
  it('escapes markup', () => {
    expect(cell('a|b\n<img src=x> [l](u) `c`')).toBe('a\\|b &#60;img src=x&#62; \\[l\\]\\(u\\) \\`c\\`');
  });

  it('creates no link, mention, or reference', () => {
    expect(cell('https://a.b www.a.b a@b.c @all #1 i@sha256:00')).toBe(
      'https\\://a.b www\u200b.a.b a\\@\u200bb.c \\@\u200ball \\#\u200b1 i\\@sha256\\:00',
    );
  });
});

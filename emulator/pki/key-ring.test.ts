import { afterEach, expect, it, vi } from 'vitest';
import { KeyRing } from './key-ring.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('keeps the earlier key valid for a day, or as long as requested', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const ring = new KeyRing('one');
  expect(ring.valid).toEqual(['one']);
  ring.rotate('two');
  expect([ring.current, ring.valid]).toEqual(['two', ['two', 'one']]);
  vi.setSystemTime(Date.now() + 86_400_000 - 1);
  expect(ring.valid).toEqual(['two', 'one']);
  vi.setSystemTime(Date.now() + 1);
  expect(ring.valid).toEqual(['two']);
  ring.rotate('three', 0);
  expect(ring.valid).toEqual(['three']);
});

it('keeps only one earlier key', () => {
  const ring = new KeyRing('one');
  ring.rotate('two');
  ring.rotate('three');
  expect(ring.valid).toEqual(['three', 'two']);
});

import { describe, expect, it } from 'vitest';
import { isShorthand, readsFile } from './az-arguments.ts';

describe('readsFile', () => {
  it.each(['@/etc/passwd', '@-', 'key=@/etc/passwd', '--tags=@x', 'https://issuer.example/=@x', '=@x'])(
    'finds the file in %j',
    argument => expect(readsFile(argument)).toBe(true),
  );
  it.each(['', '@', 'a@b', 'key=a@b', 'key=a=@b', '@x=a', 'key=@', 'user@example.com'])(
    'finds none in %j',
    argument => expect(readsFile(argument)).toBe(false),
  );
});

describe('isShorthand', () => {
  it.each(['null', '??', "'a", '"a"', '[1]', '{}'])('finds it in %j', value =>
    expect(isShorthand(value)).toBe(true),
  );
  it.each(['', 'NULL', 'nullable', '?', "it's", 'a[1]', '1'])('finds none in %j', value =>
    expect(isShorthand(value)).toBe(false),
  );
});

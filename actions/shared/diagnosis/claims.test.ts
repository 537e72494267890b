import { expect, it } from 'vitest';
import { parseClaims } from './claims.ts';

const token = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;

it('parses the claims that Entra compares', () => {
  const claims = { issuer: 'https://i/', subject: 's', audience: 'a' };
  expect(parseClaims(token({ iss: 'https://i/', sub: 's', aud: ['a', 'b'] }))).toEqual(claims);
  expect(parseClaims(token({ iss: 'https://i/', sub: 's', aud: 'a' }))).toEqual(claims);
});

it.each(['', 'confidential', 'a.confidential.c', token({ iss: 'confidential' })])(
  'claimsIn refuses %j, and says nothing of what is in it',
  text => {
    expect(() => parseClaims(text)).toThrow();
    try {
      parseClaims(text);
    } catch (error) {
      expect((error as Error).message).not.toContain('confidential');
    }
  },
);

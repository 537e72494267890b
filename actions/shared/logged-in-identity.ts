import { setSecret } from '@actions/core';
import type { Az } from './az.ts';

export interface LoggedInIdentity {
  objectId: string;
  principalType: 'ServicePrincipal' | 'User';
}

/**
 * az reads the object ID from Graph, which often refuses a workload's identity. The token contains it too.
 * @throws Error if the token contains no object ID
 */
export async function readLoggedInIdentity(az: Az): Promise<LoggedInIdentity> {
  const token = await az<string>(['account', 'get-access-token', '--query', 'accessToken']);
  setSecret(token);
  return identityOfToken(token);
}

/** Reads `oid` and `idtyp` (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference). */
export function identityOfToken(token: string): LoggedInIdentity {
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    claims = undefined;
  }
  const { oid, idtyp } = (claims ?? {}) as { oid?: unknown; idtyp?: unknown };
  if (typeof oid !== 'string')
    throw new Error('The token of az for Azure Resource Manager contains no object ID.');
  return { objectId: oid, principalType: idtyp === 'app' ? 'ServicePrincipal' : 'User' };
}

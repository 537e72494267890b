import { setSecret } from '@actions/core';
import type { Az } from './az.ts';

/** The identity that az is logged in as. */
export interface LoggedInIdentity {
  objectId: string;
  principalType: 'ServicePrincipal' | 'User';
}

/**
 * Reads the object ID from the claims of the token for Azure Resource Manager. az reads it from Graph, which often refuses a
 * workload's identity.
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

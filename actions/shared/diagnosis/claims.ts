import { setSecret } from '@actions/core';
import type { Kubectl } from '../kubectl.ts';
import type { Pod } from '../kubernetes-objects.ts';
import { subjectOf, type Workload } from '../workloads.ts';
import type { OptionalReads } from './optional-reads.ts';
import { projectedToken, USUAL_AUDIENCE } from './pod.ts';

export interface Claims {
  /** undefined if it could not be read. */
  issuer: string | undefined;
  subject: string;
  audience: string;
}

/**
 * The cluster creates a token for ten minutes, which is masked first and then discarded. If the caller is not allowed to
 * create one, the claims come from the pod's volume and the cluster's issuer document.
 */
export async function readClaims(
  workload: Workload,
  pod: Pod | null | undefined,
  kubectl: Kubectl,
  optional: OptionalReads,
): Promise<Claims> {
  const { namespace, serviceAccount } = workload;
  const audience = (pod && projectedToken(pod)?.audience) ?? USUAL_AUDIENCE;
  const claims = await optional.readOrSkip(async () => {
    const token = await kubectl([
      ...['create', 'token', serviceAccount, '--namespace', namespace],
      ...['--audience', audience, '--duration', '10m'],
    ]);
    setSecret(token.trim());
    return parseClaims(token);
  });
  if (claims) return claims;

  const issuer = await optional.readOrNote("the issuer of the service account's tokens", async () => {
    const discovery = JSON.parse(await kubectl(['get', '--raw', '/.well-known/openid-configuration']));
    return String((discovery as { issuer: unknown }).issuer);
  });
  return { issuer, subject: subjectOf(workload), audience };
}

/**
 * Parses the claims of a token (RFC 7519, section 3) without checking its signature.
 * @throws if it has no issuer, subject, or audience. The message contains no part of the token.
 */
export function parseClaims(token: string): Claims {
  let claims: { iss?: unknown; sub?: unknown; aud?: unknown };
  try {
    claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    throw new Error('The cluster returned a token that is not a JSON Web Token.');
  }
  const { iss, sub, aud } = claims;
  const audience = Array.isArray(aud) ? (aud[0] as unknown) : aud;
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof audience !== 'string')
    throw new Error('The token of the cluster has no iss, sub, or aud claim.');
  return { issuer: iss, subject: sub, audience };
}

import { setSecret } from '@actions/core';
import type { Pod } from '../kubernetes-objects.ts';
import { printForeign } from '../log.ts';
import { containerStatuses, projectedToken, USE_LABEL } from './pod.ts';
import type { WorkloadState } from './workload-state.ts';

/** Prints what a verdict rests on, a group each: the pod and what its token says, its events, the last lines of its log. */
export function printEvidence(
  { target, pod, claims, events = [], log }: WorkloadState,
  print = printForeign,
): void {
  const name = `${target.namespace}/${pod?.metadata.name ?? target.serviceAccount}`;
  const carries = claims
    ? `\nClaims:          issuer ${claims.issuer ?? '(not seen)'}, subject ${claims.subject}, audience ${claims.audience}`
    : '';
  if (pod) print(`Pod ${name}`, redact(describePod(pod)) + carries);
  if (events.length > 0) print(`Events of ${name}`, redact(events.join('\n')));
  if (log.length > 0) print(`Log of ${name}: its last lines`, redact(log.join('\n')));
}

/**
 * What `kubectl describe` tells of a pod, without what may be secret: of environment variables only the names, except
 * for those that the webhook writes, and no annotations but its own.
 */
export function describePod(pod: Pod): string {
  const { metadata, spec, status } = pod;
  const token = projectedToken(pod);
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([name]) =>
    name.startsWith('azure.workload.identity/'),
  );
  return [
    `Name:            ${metadata.name}`,
    `Namespace:       ${metadata.namespace ?? ''}`,
    `Service account: ${spec.serviceAccountName ?? 'default'}`,
    `Node:            ${spec.nodeName ?? 'none'}`,
    `Made:            ${metadata.creationTimestamp ?? 'unknown'}`,
    `Label:           ${USE_LABEL}=${metadata.labels?.[USE_LABEL] ?? '(not set)'}`,
    ...annotations.map(([name, value]) => `Annotation:      ${name}=${value}`),
    `Phase:           ${status?.phase ?? 'unknown'}`,
    ...(status?.conditions ?? []).map(
      each =>
        `Condition:       ${[each.type, each.status, each.reason, each.message].filter(Boolean).join(' ')}`,
    ),
    `Projected:       ${token ? `audience ${token.audience}, lives ${token.expirationSeconds} s, file ${token.path}` : 'no token for Azure'}`,
    ...[...(spec.initContainers ?? []), ...spec.containers].flatMap(({ name, image, env = [] }) => [
      `Container:       ${name}, image ${image}`,
      ...env.map(
        variable =>
          `  ${/^AZURE_(CLIENT_ID|TENANT_ID|FEDERATED_TOKEN_FILE|AUTHORITY_HOST)$/.test(variable.name) ? `${variable.name}=${variable.value}` : variable.name}`,
      ),
    ]),
    ...containerStatuses(pod).map(
      ({ name, restartCount, state }) =>
        `State:           ${name ?? ''}: ${JSON.stringify(state ?? {})}, ${restartCount} restarts`,
    ),
  ].join('\n');
}

/** A JSON Web Token, wherever it stands. */
const TOKEN = /\beyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?/g;
/** `password=…`, `"client_secret": "…"`, `AccountKey=…`, `Authorization: Bearer …`: the value goes. */
const NAMED =
  /((?:password|passwd|pwd|secret|client_secret|api[_-]?key|access[_-]?key|account[_-]?key|connection[_-]?string|sig|token|authorization)["']?\s*[=:]\s*["']?)(?:Bearer\s+)?[^\s"';&,]{4,}/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/**
 * A text of somebody else's without what looks like a secret in it. Tokens are masked in the whole log, too. It knows
 * common forms only: the log of a program that prints its secrets otherwise is not to be shown at all.
 */
export function redact(text: string): string {
  for (const [token] of text.matchAll(TOKEN)) setSecret(token);
  return text.replace(PRIVATE_KEY, '***').replace(TOKEN, '***').replace(NAMED, '$1***');
}

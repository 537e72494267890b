import { setSecret } from '@actions/core';
import type { Pod } from '../kubernetes-objects.ts';
import { printUntrusted } from '../log.ts';
import { containerStatuses, projectedToken, USE_LABEL } from './pod.ts';
import type { WorkloadState } from './workload-state.ts';

export function printEvidence(
  { target, pod, claims, events = [], log }: WorkloadState,
  print = printUntrusted,
): void {
  const name = `${target.namespace}/${pod?.metadata.name ?? target.serviceAccount}`;
  const claimLine = claims
    ? `\nClaims:          issuer ${claims.issuer ?? '(could not be read)'}, subject ${claims.subject}, audience ${claims.audience}`
    : '';
  if (pod) print(`Pod ${name}`, redact(describePod(pod)) + claimLine);
  if (events.length > 0) print(`Events of ${name}`, redact(events.join('\n')));
  if (log.length > 0) print(`Last log lines of ${name}`, redact(log.join('\n')));
}

/**
 * As `kubectl describe pod`, without what might be secret: only the webhook's annotations, and only the names of
 * environment variables that the webhook does not write.
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
    `Created:         ${metadata.creationTimestamp ?? 'unknown'}`,
    `Label:           ${USE_LABEL}=${metadata.labels?.[USE_LABEL] ?? '(not set)'}`,
    ...annotations.map(([name, value]) => `Annotation:      ${name}=${value}`),
    `Phase:           ${status?.phase ?? 'unknown'}`,
    ...(status?.conditions ?? []).map(
      each =>
        `Condition:       ${[each.type, each.status, each.reason, each.message].filter(Boolean).join(' ')}`,
    ),
    `Projected:       ${token ? `audience ${token.audience}, expires after ${token.expirationSeconds} s, file ${token.path}` : 'no token for Azure'}`,
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

const TOKEN = /\beyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?/g;
/** `password=…`, `"client_secret": "…"`, `AccountKey=…`, `Authorization: Bearer …`: the value is redacted. */
const NAMED =
  /((?:password|passwd|pwd|secret|client_secret|api[_-]?key|access[_-]?key|account[_-]?key|connection[_-]?string|sig|token|authorization)["']?\s*[=:]\s*["']?)(?:Bearer\s+)?[^\s"';&,]{4,}/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/**
 * Removes what looks like a secret from the text of another program, and masks tokens in the whole log. It knows only
 * common forms. For a program that prints secrets in other forms, `show-logs: false` hides the log.
 */
export function redact(text: string): string {
  for (const [token] of text.matchAll(TOKEN)) setSecret(token);
  return text.replace(PRIVATE_KEY, '***').replace(TOKEN, '***').replace(NAMED, '$1***');
}

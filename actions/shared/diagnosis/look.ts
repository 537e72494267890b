import { type Az, lookUp } from '../az.ts';
import { getObject, type Kubectl } from '../kubectl.ts';
import type { Tools } from '../tools.ts';
import type { Credential, Facts, Grant } from './diagnose.ts';
import type { Pod } from './pod.ts';

interface EventList {
  items: { message?: string; lastTimestamp?: string | null; eventTime?: string | null }[];
}

interface Identity {
  name: string;
  resourceGroup: string;
  principalId: string;
}

/**
 * Looks at what the verdict may depend on beyond the pod's log: the pod as it is now, its events, and, as far as the
 * caller may see them, the identity's federated credentials and roles. What cannot be seen stays undefined.
 */
export async function look(facts: Facts, { az }: Pick<Tools, 'az'>, kubectl: Kubectl): Promise<Facts> {
  const { inputs, clientId, log } = facts;
  const [pod, events] = await Promise.all([
    getObject<Pod>(kubectl, 'pod', inputs.podName, inputs.namespace),
    seen(() => eventsOf(kubectl, inputs)),
  ]);

  const said = log.join('\n');
  const federationFailed = /AADSTS70021/.test(said);
  const roleMissing = /ForbiddenByRbac|Caller is not authorized/.test(said);
  const secretExists = roleMissing ? await seen(() => secretIsThere(az, inputs)) : undefined;
  const identity =
    clientId && (federationFailed || roleMissing)
      ? await seen(async () => {
          const query = `[?clientId=='${clientId}'].{name: name, resourceGroup: resourceGroup, principalId: principalId}`;
          const [found] = await az<Identity[]>(['identity', 'list', '--query', query]);
          return found;
        })
      : undefined;
  if (!identity) return { ...facts, pod, events, secretExists };

  const credentials = federationFailed
    ? await seen(async () => {
        const found = await az<Omit<Credential, 'identity'>[]>([
          ...['identity', 'federated-credential', 'list'],
          ...['--identity-name', identity.name, '--resource-group', identity.resourceGroup],
        ]);
        return found.map(credential => ({ ...credential, identity: identity.name }));
      })
    : undefined;
  const grants = roleMissing
    ? await seen(() =>
        az<Grant[]>([
          ...['role', 'assignment', 'list', '--all', '--assignee-object-id', identity.principalId],
          ...['--fill-principal-name', 'false', '--query', '[].{role: roleDefinitionName, scope: scope}'],
        ]),
      )
    : undefined;
  return { ...facts, pod, events, secretExists, credentials, grants };
}

/** Asks the vault for the secret's id, which says nothing about its value. */
async function secretIsThere(az: Az, { vaultName, secretName }: Facts['inputs']): Promise<boolean> {
  const secret = ['--vault-name', vaultName, '--name', secretName];
  return (await lookUp(az, ['keyvault', 'secret', 'show', ...secret, '--query', 'id'])) !== undefined;
}

/** The messages of the pod's events, the oldest first. */
async function eventsOf(kubectl: Kubectl, { podName, namespace }: Facts['inputs']): Promise<string[]> {
  const text = await kubectl([
    ...['get', 'events', '--namespace', namespace, '--output', 'json'],
    ...['--field-selector', `involvedObject.kind=Pod,involvedObject.name=${podName}`],
  ]);
  const when = (event: EventList['items'][number]) => event.lastTimestamp ?? event.eventTime ?? '';
  return (JSON.parse(text) as EventList).items
    .sort((one, other) => when(one).localeCompare(when(other)))
    .map(event => event.message ?? '');
}

/** A look that may be refused: the verdict does without it. */
async function seen<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

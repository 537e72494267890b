import { CONTAINER, USE_LABEL, variable } from '../shared/diagnosis/pod.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { MANAGED_BY } from '../shared/ownership.ts';
import { quote } from '../shared/quote.ts';
import {
  DIGEST_ANNOTATION,
  MANAGED_BY_LABEL,
  type PodTemplate,
  REPOSITORY_ANNOTATION,
  type WorkloadObject,
} from './manifest.ts';

export function isOwn(
  { metadata }: Pick<WorkloadObject, 'metadata'>,
  { metadata: desired }: Pick<WorkloadObject, 'metadata'>,
): boolean {
  return (
    metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY &&
    metadata.annotations?.[REPOSITORY_ANNOTATION] !== undefined &&
    metadata.annotations[REPOSITORY_ANNOTATION] === desired.annotations?.[REPOSITORY_ANNOTATION]
  );
}

export function describeOwner({ metadata }: Pick<WorkloadObject, 'metadata'>): string {
  const repository = metadata.annotations?.[REPOSITORY_ANNOTATION];
  const manager = metadata.labels?.[MANAGED_BY_LABEL];
  if (manager === MANAGED_BY && repository !== undefined)
    return `deploy-workload for repository ${quote(repository)}`;
  return manager ? `${quote(manager)} (label ${MANAGED_BY_LABEL})` : 'another owner';
}

/** A pod of a deployment or job has the digest of that object. */
export function hasSameManifest(
  one: Pick<WorkloadObject, 'metadata'>,
  other: Pick<WorkloadObject, 'metadata'>,
): boolean {
  return one.metadata.annotations?.[DIGEST_ANNOTATION] === other.metadata.annotations?.[DIGEST_ANNOTATION];
}

export function isFinished({ status }: WorkloadObject): boolean {
  const ends = ['Complete', 'Failed'];
  return (status?.conditions ?? []).some(({ type, status }) => ends.includes(type) && status === 'True');
}

/**
 * The most likely cause of a failure is first.
 * @param clientId current annotation of the service account.
 */
export function listDifferences(
  existing: WorkloadObject,
  desired: WorkloadObject,
  clientId: string,
): string[] {
  const [is, shouldBe] = [podOf(existing), podOf(desired)];
  const found: string[] = [];
  const compare = (what: string, value: string | undefined, wantedValue: string | undefined) => {
    if (value !== wantedValue)
      found.push(
        `${what} is ${value === undefined ? 'not set' : quote(value)}, not ${quote(wantedValue ?? '')}`,
      );
  };
  compare(`label ${USE_LABEL}`, is.metadata.labels?.[USE_LABEL], 'true');
  compare('service account', is.spec.serviceAccountName ?? 'default', shouldBe.spec.serviceAccountName);
  compare('image', imageOf(is), imageOf(shouldBe));
  for (const name of ['KEY_VAULT_NAME', 'SECRET_NAME'])
    compare(name, variable(is, name), variable(shouldBe, name));
  if (existing.kind === 'Pod') {
    // The webhook sets these only when a pod is created.
    if (variable(is, 'AZURE_FEDERATED_TOKEN_FILE') === undefined) found.push('the webhook did not mutate it');
    else compare('AZURE_CLIENT_ID', variable(is, 'AZURE_CLIENT_ID'), clientId);
  }
  if (found.length === 0 && !hasSameManifest(existing, desired))
    found.push('another version of this action created it, or it uses another identity');
  return found;
}

function podOf({ metadata, spec }: WorkloadObject): PodTemplate {
  return 'template' in spec ? spec.template : { metadata, spec };
}

function imageOf({ spec }: Pick<Pod, 'spec'>): string | undefined {
  const { containers } = spec;
  return (containers.find(({ name }) => name === CONTAINER) ?? containers[0])?.image;
}

import { preflight } from '../shared/preflight.ts';
import { alreadyThere, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, generatedTagArguments, renewExpiry } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import { nameOf, subjectOf } from '../shared/workloads.ts';
import { writeCredential } from './credentials.ts';
import type { Inputs } from './inputs.ts';
import { type Identity, judge, look, type Standing } from './look.ts';
import { ensureNamespace, ensureServiceAccount } from './service-accounts.ts';

/** The walkthrough's "Set up the identity": the managed identity, the service accounts, and what ties them. */
export async function federateIdentity(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { account, group, identityName, issuer, workloads } = inputs;
  const { az, log, report } = tools;

  const { state: standing } = await preflight(
    account,
    {
      kubectl: issuer !== '',
      readState: () => look(inputs, tools),
      requirementsOf: found => judge(inputs, found, az),
    },
    tools,
  );

  const identity = await report.step('Managed identity', identityName, () =>
    ensureIdentity(inputs, standing.identity, tools),
  );
  if (issuer) {
    await allOf([
      makeServiceAccounts(inputs, standing, identity, tools),
      writeCredentials(inputs, standing, tools),
    ]);
  } else {
    log.info(
      `No issuer is given: ${identityName} in ${group.name} is ready to be given rights, and federated later.`,
    );
  }

  const { audience, plans } = standing;
  const { clientId, principalId, tenantId, id } = identity;
  report.facts.identity = { name: identityName, id, clientId, principalId, tenantId };
  report.facts.credentials = plans.map(({ wanted }) => wanted);

  const first = workloads[0]!;
  return {
    'client-id': clientId,
    'principal-id': principalId,
    'tenant-id': tenantId,
    namespace: first.namespace,
    'service-account': first.serviceAccount,
    subject: subjectOf(first),
    workloads: workloads.map(nameOf).join('\n'),
    audience,
  };
}

async function ensureIdentity(
  { group, identityName, create }: Inputs,
  found: Identity | undefined,
  { az, report, log }: Tools,
): Promise<Done<Identity>> {
  if (found) {
    if (create) await renewExpiry(az, group, found, log);
    return alreadyThere(found);
  }
  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  return created(
    await az<Identity>([
      ...['identity', 'create', '--name', identityName, '--resource-group', group.name],
      ...['--location', group.location, ...generatedTagArguments(group.tags)],
    ]),
  );
}

/** The namespaces, and then the service accounts, side by side. */
async function makeServiceAccounts(
  inputs: Inputs,
  { namespaces, accounts }: Standing,
  identity: Identity,
  { kubectl: kubectlFor, report }: Tools,
): Promise<void> {
  const kubectl = kubectlFor(inputs.kubeconfig);
  await allOf(
    [...namespaces].map(([name, found]) =>
      report.step('Namespace', name, () => ensureNamespace(kubectl, name, found)),
    ),
  );
  await allOf(
    inputs.workloads.map((workload, index) =>
      report.step('Service account', nameOf(workload), () =>
        ensureServiceAccount(kubectl, workload, accounts[index], identity, inputs),
      ),
    ),
  );
}

/** One after another: Azure refuses to write two credentials of an identity at once. */
async function writeCredentials(inputs: Inputs, { plans }: Standing, tools: Tools): Promise<void> {
  for (const plan of plans) {
    await tools.report.step('Federated credential', plan.wanted.name, () =>
      writeCredential(plan, inputs, tools),
    );
  }
}

/** Lets each of them end, then fails as the first of those that failed. */
async function allOf(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
}

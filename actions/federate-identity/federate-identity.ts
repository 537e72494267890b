import { preflight } from '../shared/preflight.ts';
import { quote } from '../shared/quote.ts';
import type { Tools } from '../shared/tools.ts';
import { nameOf, subjectOf } from '../shared/workloads.ts';
import { writeCredential } from './credentials.ts';
import { ensureIdentity, type Identity } from './identity.ts';
import type { Inputs } from './inputs.ts';
import { ensureNamespace, ensureServiceAccount } from './service-accounts.ts';
import { checkState, readState, type State } from './state.ts';

export async function federateIdentity(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { account, identityName, issuer, workloads } = inputs;
  const { az, log, report } = tools;

  const { state } = await preflight(
    account,
    {
      kubectl: issuer !== '',
      readState: () => readState(inputs, tools),
      requirementsOf: found => checkState(inputs, found, az),
    },
    tools,
  );

  const identity = await report.step('Managed identity', identityName, () =>
    ensureIdentity(inputs, state.identity, tools),
  );
  if (issuer) {
    await settleAll([
      ensureServiceAccounts(inputs, state, identity, tools),
      writeCredentials(state, inputs, tools),
    ]);
  } else {
    log.info(
      `The input issuer is empty. Managed identity ${quote(identityName)} exists and can get roles. Call the action again with issuer to federate it.`,
    );
  }

  const { audience, plans } = state;
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

async function ensureServiceAccounts(
  inputs: Inputs,
  { namespaces, accounts }: State,
  identity: Identity,
  { kubectl: kubectlFor, report }: Tools,
): Promise<void> {
  const kubectl = kubectlFor(inputs.kubeconfig);
  await settleAll(
    [...namespaces].map(([name, found]) =>
      report.step('Namespace', name, () => ensureNamespace(kubectl, name, found)),
    ),
  );
  await settleAll(
    inputs.workloads.map((workload, index) =>
      report.step('Service account', nameOf(workload), () =>
        ensureServiceAccount(kubectl, workload, accounts[index], identity, inputs),
      ),
    ),
  );
}

/** Azure refuses two writes to one identity at the same time. */
async function writeCredentials({ plans }: State, inputs: Inputs, tools: Tools): Promise<void> {
  for (const plan of plans) {
    await tools.report.step('Federated credential', plan.wanted.name, () =>
      writeCredential(plan, inputs, tools),
    );
  }
}

async function settleAll(promises: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
}

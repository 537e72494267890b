import type { Tags } from '../shared/ownership.ts';
import { alreadyThere, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, generatedTagArguments, renewExpiry } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';

export interface Identity {
  id: string;
  tags?: Tags | null;
  clientId: string;
  principalId: string;
  tenantId: string;
}

export async function ensureIdentity(
  { group, identityName, create }: Pick<Inputs, 'group' | 'identityName' | 'create'>,
  existing: Identity | undefined,
  { az, report, log }: Tools,
): Promise<Done<Identity>> {
  if (existing) {
    if (create) await renewExpiry(az, group, existing, log);
    return alreadyThere(existing);
  }
  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  return created(
    await az<Identity>([
      ...['identity', 'create', '--name', identityName, '--resource-group', group.name],
      ...['--location', group.location, ...generatedTagArguments(group.tags)],
    ]),
  );
}

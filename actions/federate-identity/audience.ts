import { currentCloud } from '../shared/account.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import { projectedToken, USE_LABEL, USUAL_AUDIENCE } from '../shared/diagnosis/pod.ts';
import type { Kubectl } from '../shared/kubectl.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { quote } from '../shared/quote.ts';
import type { Tools } from '../shared/tools.ts';

/** The cluster's answer becomes an argument of az: an application ID URI or a GUID, and nothing that az interprets. */
const AUDIENCE = /^[A-Za-z0-9][A-Za-z0-9._:/~-]{0,255}$/;

/** The server only simulates the creation of this pod. */
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'audience', namespace: 'default', labels: { [USE_LABEL]: 'true' } },
  spec: { containers: [{ name: 'none', image: 'none' }] },
};

/**
 * No documentation says which audience the webhook requests outside the public cloud, so a dry run shows it. If the login
 * is not allowed to do that, the default of the webhook is used.
 */
export async function readAudience(kubectl: Kubectl, { az, log }: Tools): Promise<string> {
  const { name } = await currentCloud(az);
  if (name === 'AzureCloud') return USUAL_AUDIENCE;
  const dryRun = ['create', '--dry-run=server', '--output', 'json', '--filename', '-'];
  try {
    const pod = JSON.parse(await kubectl(dryRun, { input: JSON.stringify(POD) })) as Pod;
    const audience = projectedToken(pod)?.audience;
    if (audience && AUDIENCE.test(audience)) return audience;
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
  }
  log.info(
    `The audience of this cluster's tokens could not be read. The action uses ${quote(USUAL_AUDIENCE)}.`,
  );
  return USUAL_AUDIENCE;
}

import { currentCloud } from '../shared/account.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import { projectedToken, USE_LABEL, USUAL_AUDIENCE } from '../shared/diagnosis/pod.ts';
import type { Kubectl } from '../shared/kubectl.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import type { Tools } from '../shared/tools.ts';

/** What a cluster answers becomes an argument of az: an application id URI or a GUID, and nothing that az interprets. */
const AUDIENCE = /^[A-Za-z0-9][A-Za-z0-9._:/~-]{0,255}$/;

/** A pod that is never made. */
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'audience', namespace: 'default', labels: { [USE_LABEL]: 'true' } },
  spec: { containers: [{ name: 'none', image: 'none' }] },
};

/**
 * The audience of the tokens that the cluster's pods get. Of the public cloud it is known; of the others it is not written
 * anywhere whether the webhook asks for the audience that Entra names for that cloud, so it is asked what it would do to a
 * pod (kubectl's --dry-run=server). Where it may not be asked, it is taken to do what it does unless told otherwise.
 */
export async function audienceOfPods(kubectl: Kubectl, { az, log }: Tools): Promise<string> {
  const { name } = await currentCloud(az);
  if (name === 'AzureCloud') return USUAL_AUDIENCE;
  const ask = ['create', '--dry-run=server', '--output', 'json', '--filename', '-'];
  try {
    const pod = JSON.parse(await kubectl(ask, { input: JSON.stringify(POD) })) as Pod;
    const audience = projectedToken(pod)?.audience;
    if (audience && AUDIENCE.test(audience)) return audience;
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
  }
  log.info(
    `What the tokens of this cluster's pods are for could not be seen; it is taken to be ${USUAL_AUDIENCE}.`,
  );
  return USUAL_AUDIENCE;
}

import type { ApiClient, WatchEvent } from '../../client.ts';
import type { Job, KubernetesObject } from '../../objects.ts';
import { unlessGone } from '../ownership.ts';
import { keyOf, Reconciler } from '../reconciler.ts';

/**
 * Deletes finished jobs after `ttlSecondsAfterFinished`.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/
 */
export class TimeToLiveController {
  readonly #api: ApiClient;
  readonly reconciler: Reconciler;

  constructor(api: ApiClient, log: (line: string) => void) {
    this.#api = api;
    const affectedKeys = ({ object }: WatchEvent<KubernetesObject>) => [keyOf(object)];
    const sources = [{ path: '/apis/batch/v1/jobs', affectedKeys }];
    this.reconciler = new Reconciler(api, sources, (...where) => this.#reconcile(...where), log);
  }

  async #reconcile(namespace: string, name: string): Promise<number | undefined> {
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
    const job = await unlessGone(this.#api.get<Job>(path));
    const life = job?.spec.ttlSecondsAfterFinished;
    const end = job?.status?.conditions?.find(
      ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
    );
    if (job === undefined || life === undefined || end === undefined) return undefined;
    if (job.metadata.deletionTimestamp !== undefined) return undefined;
    const left = Date.parse(end.lastTransitionTime ?? '') + life * 1000 - Date.now();
    if (left > 0) return left;
    await this.#api.delete(path, { uid: job.metadata.uid ?? '', propagationPolicy: 'Foreground' });
    return undefined;
  }
}

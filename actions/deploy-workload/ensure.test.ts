import { describe, expect, it } from 'vitest';
import { ActionFailed } from '../shared/failures.ts';
import { failing } from '../shared/fake-tools.ts';
import { ensureWorkload } from './ensure.ts';
import { mutated } from './fake-cluster.ts';
import type { WorkloadObject } from './manifest.ts';
import { changes, type TestCall, testCall } from './test-call.ts';

const kinds = ['pod', 'deployment', 'job'] as const;

/** Lets the object be there already, changed in this way. */
function standing(
  { cluster, workload }: TestCall,
  change: (object: WorkloadObject) => void = () => {},
): void {
  const { wanted } = workload;
  const object = wanted.kind === 'Pod' ? mutated(wanted as Parameters<typeof mutated>[0]) : wanted;
  const there = structuredClone(object) as WorkloadObject;
  change(there);
  cluster.objects.set(`${wanted.kind.toLowerCase()} default/wi-kv-test`, there);
}

const foreign = (object: WorkloadObject): void => {
  object.metadata.labels = {};
  object.metadata.annotations = {};
};
const leaving = (object: WorkloadObject): void => {
  object.metadata.deletionTimestamp = '2026-11-24T00:00:00Z';
};
const ended =
  (type: string) =>
  (object: WorkloadObject): void => {
    object.status = { conditions: [{ type, status: 'True' }] };
  };

describe.each(kinds)('a %s', kind => {
  const remade = [
    `delete ${kind} wi-kv-test --namespace default --ignore-not-found${kind === 'pod' ? '' : ' --cascade foreground'}`,
    'apply --filename -',
  ];

  it('is created', async () => {
    const test = testCall({ kind });
    expect(await ensureWorkload(test.call, test.workload)).toEqual({ outcome: 'created', value: undefined });
    expect(test.cluster.names()).toContain(`${kind} default/wi-kv-test`);
  });

  it('is already there', async () => {
    const test = testCall({ kind });
    standing(test);
    expect((await ensureWorkload(test.call, test.workload)).outcome).toBe('already there');
    expect(changes(test.tools)).toEqual(kind === 'deployment' ? ['apply --filename -'] : []);
  });

  it('that somebody else made is refused, with how it differs, and replaced when told to', async () => {
    const refusing = testCall({ kind });
    standing(refusing, foreign);
    const error = await ensureWorkload(refusing.call, refusing.workload).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ActionFailed);
    const { message, remedy, link, outputs } = error as ActionFailed;
    expect(message).toContain(`There is a ${kind} default/wi-kv-test`);
    expect(message).toContain(
      kind === 'pod' ? 'label azure.workload.identity/use' : 'made by something else',
    );
    expect(remedy).toContain('replace: true');
    expect(link).toMatch(/#pod-from-an-earlier-run$/);
    expect(outputs.verdict).toBe('pod-from-an-earlier-run');
    expect(changes(refusing.tools)).toEqual([]);

    const replacing = testCall({ kind, replace: 'true' });
    standing(replacing, foreign);
    expect((await ensureWorkload(replacing.call, replacing.workload)).outcome).toBe('changed');
    expect(changes(replacing.tools)).toEqual(remade);
  });

  it('that is being deleted is waited for', async () => {
    const test = testCall({ kind });
    standing(test, leaving);
    expect((await ensureWorkload(test.call, test.workload)).outcome).toBe('changed');
    expect(changes(test.tools)).toEqual(remade);
  });

  it('that the cluster does not admit is a verdict', async () => {
    const stderr =
      'Error from server (Forbidden): error when creating "STDIN": pods "wi-kv-test" is forbidden: exceeded quota: small, used: pods=1, limited: pods=1\n';
    const { call, workload } = testCall({ kind }, {}, { 'kubectl apply': () => failing(stderr) });
    await expect(ensureWorkload(call, workload)).rejects.toThrow(
      /^pod-not-created: .*exceeded quota: small, used: pods=1, limited: pods=1\.$/,
    );
  });

  it('that the caller may not make is what kubectl says', async () => {
    const stderr =
      'Error from server (Forbidden): pods is forbidden: User "u" cannot create resource "pods" in API group "" in the namespace "default"';
    const { call, workload } = testCall({ kind }, {}, { 'kubectl apply': () => failing(stderr) });
    await expect(ensureWorkload(call, workload)).rejects.toThrow('User "u" cannot create');
    await expect(ensureWorkload(call, workload)).rejects.not.toBeInstanceOf(ActionFailed);
  });
});

it('a deployment of ours is changed into the wanted one without being told to', async () => {
  const test = testCall({ kind: 'deployment' });
  standing(test, object => {
    object.metadata.annotations = { 'workload-identity-lab/manifest-sha256': 'another' };
  });
  expect((await ensureWorkload(test.call, test.workload)).outcome).toBe('changed');
  expect(changes(test.tools)).toEqual(['apply --filename -']);
});

it.each(['Complete', 'Failed'])('a job of ours that is %s runs again', async type => {
  const test = testCall({ kind: 'job' });
  standing(test, ended(type));
  expect((await ensureWorkload(test.call, test.workload)).outcome).toBe('changed');
  expect(changes(test.tools)).toEqual([
    'delete job wi-kv-test --namespace default --ignore-not-found --cascade foreground',
    'apply --filename -',
  ]);
});

it("somebody else's finished job is refused", async () => {
  const test = testCall({ kind: 'job' });
  standing(test, object => {
    ended('Complete')(object);
    foreign(object);
  });
  await expect(ensureWorkload(test.call, test.workload)).rejects.toThrow(/^There is a job/);
});

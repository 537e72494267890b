import { describe, expect, it } from 'vitest';
import { ActionFailed } from '../shared/failures.ts';
import { failing } from '../shared/fake-tools.ts';
import { ensureWorkload } from './ensure.ts';
import { mutated } from './fake-cluster.ts';
import type { WorkloadObject } from './manifest.ts';
import { APPLY, CREATE, changes, DELETE, type TestContext, testContext } from './test-context.ts';

const kinds = ['pod', 'deployment', 'job'] as const;

/** Lets the object be there already, changed in this way. */
function existing(
  { cluster, workload }: TestContext,
  change: (object: WorkloadObject) => void = () => {},
): void {
  const { desired } = workload;
  const object = desired.kind === 'Pod' ? mutated(desired as Parameters<typeof mutated>[0]) : desired;
  const there = structuredClone(object) as WorkloadObject;
  Object.assign(there.metadata, { uid: 'uid-0', resourceVersion: '1', generation: 1 });
  change(there);
  cluster.objects.set(`${desired.kind.toLowerCase()} default/wi-kv-test`, there);
}

const foreign = (object: WorkloadObject): void => {
  object.metadata.labels = {};
  object.metadata.annotations = {};
};
const ofRepository =
  (repository: string | undefined) =>
  (object: WorkloadObject): void => {
    const annotations = { ...object.metadata.annotations };
    delete annotations['workload-identity-lab/repository'];
    if (repository !== undefined) annotations['workload-identity-lab/repository'] = repository;
    object.metadata.annotations = annotations;
  };
const older = (object: WorkloadObject): void => {
  object.metadata.annotations = {
    ...object.metadata.annotations,
    'workload-identity-lab/manifest-sha256': 'another',
  };
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
  it('is created if it does not exist', async () => {
    const test = testContext({ kind });
    expect(await ensureWorkload(test.context, test.workload)).toEqual({
      outcome: 'created',
      value: new Set(),
    });
    expect(test.cluster.names()).toContain(`${kind} default/wi-kv-test`);
  });

  it('is unchanged if the same exists', async () => {
    const test = testContext({ kind });
    existing(test);
    expect((await ensureWorkload(test.context, test.workload)).outcome).toBe('already there');
    expect(changes(test.tools)).toEqual(kind === 'deployment' ? [APPLY] : []);
  });

  it.each([
    ['without labels', foreign, 'another owner'],
    ['of another repository', ofRepository('other/repository'), 'repository "other/repository"'],
    ['without a repository', ofRepository(undefined), '"workload-identity-lab"'],
  ])('%s is never replaced, and the error has its owner', async (_, change, owner) => {
    for (const replace of ['false', 'true']) {
      const test = testContext({ kind, replace });
      existing(test, change);
      const error = await ensureWorkload(test.context, test.workload).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ActionFailed);
      const { message, remedy, link, outputs } = error as ActionFailed;
      expect(message).toContain(`The ${kind} "default/wi-kv-test" exists and was created by`);
      expect(message).toContain(owner);
      expect(remedy).toContain(`kubectl delete ${kind} wi-kv-test --namespace default`);
      expect(link).toMatch(/#object-of-another-owner$/);
      expect(outputs.verdict).toBe('object-of-another-owner');
      expect(changes(test.tools)).toEqual([]);
    }
  });

  it('that is being deleted is recreated after the deletion, whoever created it', async () => {
    const test = testContext({ kind });
    existing(test, object => {
      leaving(object);
      foreign(object);
    });
    const key = `${kind} default/wi-kv-test`;
    const { sleep } = test.tools.time;
    test.tools.time.sleep = async milliseconds => {
      test.cluster.objects.delete(key);
      await sleep(milliseconds);
    };
    expect((await ensureWorkload(test.context, test.workload)).outcome).toBe('changed');
    expect(changes(test.tools)).toEqual([CREATE]);
  });

  it('that a finalizer holds fails within the time limit, with the command', async () => {
    const test = testContext({ kind, 'timeout-seconds': '20' });
    existing(test, object => {
      leaving(object);
      object.metadata.finalizers = ['example.com/hold'];
    });
    const error = await ensureWorkload(test.context, test.workload).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: `The ${kind} "default/wi-kv-test" is being deleted and still exists after 20 s: its finalizers are "example.com/hold".`,
      remedy: expect.stringContaining(`kubectl patch ${kind} wi-kv-test --namespace default --type merge`),
    });
    expect(test.tools.time.now()).toBeLessThanOrEqual(20_000);
    expect(changes(test.tools)).toEqual([]);
  });

  it('that the cluster rejects is a verdict', async () => {
    const stderr =
      'Error from server (Forbidden): error when creating "STDIN": pods "wi-kv-test" is forbidden: exceeded quota: small, used: pods=1, limited: pods=1\n';
    const { context, workload } = testContext({ kind }, {}, { 'kubectl create': () => failing(stderr) });
    await expect(ensureWorkload(context, workload)).rejects.toThrow(
      /^pod-not-created: .*exceeded quota: small, used: pods=1, limited: pods=1\.$/,
    );
  });

  it('that the caller is not allowed to create fails with the message of kubectl', async () => {
    const stderr =
      'Error from server (Forbidden): pods is forbidden: User "u" cannot create resource "pods" in API group "" in the namespace "default"';
    const { context, workload } = testContext({ kind }, {}, { 'kubectl create': () => failing(stderr) });
    await expect(ensureWorkload(context, workload)).rejects.toThrow('User "u" cannot create');
    await expect(ensureWorkload(context, workload)).rejects.not.toBeInstanceOf(ActionFailed);
  });
});

describe.each([
  ['pod', '/api/v1/namespaces/default/pods/wi-kv-test'],
  ['job', '/apis/batch/v1/namespaces/default/jobs/wi-kv-test'],
] as const)('a %s of ours that differs', (kind, path) => {
  it('is not replaced, and the error lists the differences', async () => {
    const test = testContext({ kind });
    existing(test, older);
    await expect(ensureWorkload(test.context, test.workload)).rejects.toMatchObject({
      message: expect.stringMatching(
        /exists from an earlier run and differs from the desired one: another version/,
      ),
      remedy: expect.stringContaining('replace: true'),
      outputs: { verdict: 'pod-from-an-earlier-run' },
    });
    expect(changes(test.tools)).toEqual([]);
  });

  it('is replaced with replace: true, and only the version that was read is deleted', async () => {
    const test = testContext({ kind, replace: 'true' });
    existing(test, older);
    expect((await ensureWorkload(test.context, test.workload)).outcome).toBe('changed');
    expect(changes(test.tools)).toEqual([DELETE(path), CREATE]);
    const [options] = test.tools.options.flatMap(({ input }) => (input ? [JSON.parse(input)] : []));
    expect(options).toEqual({
      ...{ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'uid-0', resourceVersion: '1' } },
      propagationPolicy: kind === 'pod' ? 'Background' : 'Foreground',
    });
  });

  it('is not replaced if another owner has its name by now', async () => {
    const test = testContext({ kind, replace: 'true' });
    existing(test, older);
    const found = `${kind} default/wi-kv-test`;
    const remove = test.cluster.answers['kubectl delete --raw']!;
    const { context, tools } = testContext(
      { kind, replace: 'true' },
      { existing: [test.cluster.objects.get(found)!] },
      {
        'kubectl delete --raw': (args, options) => {
          existing(test, foreign);
          test.cluster.objects.get(found)!.metadata.uid = 'uid-of-another';
          return remove(args, options);
        },
        [`kubectl get ${kind}`]: args => test.cluster.answers['kubectl get']!(args, {}),
      },
    );
    await expect(ensureWorkload(context, test.workload)).rejects.toMatchObject({
      outputs: { verdict: 'object-of-another-owner' },
    });
    expect(test.cluster.objects.get(found)!.metadata.uid).toBe('uid-of-another');
    expect(changes(tools)).toEqual([DELETE(path)]);
  });
});

it('updates an existing deployment without replace', async () => {
  const test = testContext({ kind: 'deployment' });
  existing(test, older);
  expect((await ensureWorkload(test.context, test.workload)).outcome).toBe('changed');
  expect(changes(test.tools)).toEqual([APPLY]);
  const [applied] = test.tools.options.flatMap(({ input }) => (input ? [JSON.parse(input)] : []));
  expect(applied.metadata.uid).toBe('uid-0');
});

it.each(['Complete', 'Failed'])('recreates an existing job that is %s', async type => {
  const test = testContext({ kind: 'job' });
  existing(test, ended(type));
  expect((await ensureWorkload(test.context, test.workload)).outcome).toBe('changed');
  expect(changes(test.tools)).toEqual([DELETE('/apis/batch/v1/namespaces/default/jobs/wi-kv-test'), CREATE]);
});

it('accepts a pod that a request with a lost response created', async () => {
  const test = testContext();
  const create = test.cluster.answers['kubectl create']!;
  const lost = testContext(
    {},
    {},
    {
      'kubectl create': (args, options) => {
        create(args, options);
        return create(args, options);
      },
      'kubectl get pod': args => test.cluster.answers['kubectl get']!(args, {}),
    },
  );
  expect((await ensureWorkload(lost.context, lost.workload)).outcome).toBe('created');
});

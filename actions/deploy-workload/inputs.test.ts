import { describe, expect, it } from 'vitest';
import { parse } from './inputs.ts';
import { inputsOf, reading } from './test-context.ts';

describe('parse', () => {
  it('uses the defaults', () => {
    expect(inputsOf()).toMatchObject({
      kind: 'pod',
      targets: [{ namespace: 'default', serviceAccount: 'wi-demo-sa', name: 'wi-kv-test' }],
      proveDenial: false,
      secretName: 'Secret',
      timeoutSeconds: 900,
      replace: false,
    });
  });

  it.each([
    ['kubeconfig', ''],
    ['namespace', 'Capitals'],
    ['service-account', 'a_b'],
    ['name', '-x'],
    ['kind', 'daemonset'],
    ['workloads', 'no-slash'],
    ['prove-denial', 'maybe'],
    ['image', 'wi-kv-test'],
    ['image', 'r.azurecr.io/x:1.0 --rm'],
    ['vault-name', 'my_vault'],
    ['secret-name', 'a\nb'],
    ['secret-sha256', 'ABC'],
    ['timeout-seconds', '0'],
    ['timeout-seconds', '3601'],
    ['replace', 'yes'],
  ])('rejects %s %j', (name, text) => {
    expect(() => parse({}, reading({ [name]: text }))).toThrow(name);
  });

  it('uses the name for one workload, and adds the service account for several', () => {
    const names = (inputs: Record<string, string>) =>
      inputsOf(inputs).targets.map(({ namespace, name }) => `${namespace}/${name}`);
    expect(names({ workloads: 'team-a/api', name: 'probe' })).toEqual(['team-a/probe']);
    expect(names({ workloads: 'team-a/api\nteam-b/api', name: 'probe' })).toEqual([
      'team-a/probe-api',
      'team-b/probe-api',
    ]);
  });

  it.each(['x'.repeat(53), 'app.v2'])('reports the workload with an invalid name: %s', account => {
    const workloads = `team-a/api\nteam-a/${account}`;
    expect(() => inputsOf({ workloads })).toThrow(
      `workloads lists "team-a/${account}", whose object would have the invalid name`,
    );
    expect(inputsOf({ workloads: `team-a/api\nteam-a/${'x'.repeat(52)}` }).targets).toHaveLength(2);
  });

  it('limits names so that the names of a proof of denial are valid', () => {
    const name = 'x'.repeat(57);
    expect(inputsOf({ name }).targets[0]!.name).toBe(name);
    expect(inputsOf({ name: name.slice(1), 'prove-denial': 'true' }).proveDenial).toBe(true);
    expect(() => inputsOf({ name, 'prove-denial': 'true' })).toThrow(/prove-denial .* has 57 characters/);
    const account = 'x'.repeat(242);
    expect(() => inputsOf({ 'service-account': account, 'prove-denial': 'true' })).toThrow(
      /has 242 characters; valid are at most 241/,
    );
  });
});

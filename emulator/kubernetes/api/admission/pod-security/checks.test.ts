import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Pod, violations } from './checks.ts';

interface Recorded {
  readonly level: 'baseline' | 'restricted';
  readonly minor: number;
  readonly pod: Pod;
  /** As the message of a rejection ends. Empty if the pod is allowed. */
  readonly violates: string;
}

/**
 * Results of Kubernetes' own checks for generated pods: `policy.DefaultChecks()` of k8s.io/pod-security-admission
 * 0.35.4.
 */
const recorded: Recorded[] = readFileSync(join(import.meta.dirname, 'recorded.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line));

test.each(recorded)('$level v1.$minor: $violates', ({ level, minor, pod, violates }) => {
  const said = violations(level, minor, pod).map(({ reason, detail }) => `${reason} (${detail})`);
  expect(said.join(', ')).toBe(violates);
});

test('the records have every check, and pods that pass', () => {
  const reasons = new Set(recorded.flatMap(({ violates }) => violates.split(/ \([^)]*\)(?:, |$)/)));
  expect([...reasons].sort()).toEqual([
    '',
    'allowPrivilegeEscalation != false',
    'forbidden AppArmor profile',
    'forbidden AppArmor profiles',
    'forbidden sysctls',
    'host namespaces',
    'hostPath volumes',
    'hostPort',
    'hostProcess',
    'non-default capabilities',
    'privileged',
    'probe or lifecycle host',
    'procMount',
    'restricted volume types',
    'runAsNonRoot != true',
    'runAsUser=0',
    'seLinuxOptions',
    'seccompProfile',
    'unrestricted capabilities',
  ]);
  expect(recorded.filter(({ violates }) => violates === '').length).toBeGreaterThan(5);
});

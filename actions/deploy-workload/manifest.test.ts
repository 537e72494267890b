import { expect, it } from 'vitest';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { testContext } from './test-context.ts';

const wantedOf = (kind: string) => testContext({ kind }).workload.desired;
const template = (kind: string) => (wantedOf(kind).spec as { template: Pod }).template;

const env = [
  { name: 'KEY_VAULT_NAME', value: 'wilab4521' },
  { name: 'SECRET_NAME', value: 'Secret' },
  { name: 'KEY_VAULT_DNS_SUFFIX', value: 'vault.azure.net' },
];

it('creates the pod of the walkthrough', () => {
  const { metadata, spec } = wantedOf('pod');
  expect(metadata.labels).toMatchObject({ 'azure.workload.identity/use': 'true' });
  expect(spec).toMatchObject({
    serviceAccountName: 'wi-demo-sa',
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    containers: [
      {
        image: expect.stringContaining('/wi-kv-test@sha256:'),
        imagePullPolicy: 'Always',
        env: [...env, { name: 'READY_FILE', value: '/var/run/wi-kv-test/ready' }],
      },
    ],
  });
});

it('creates a deployment whose pods have the label', () => {
  expect(wantedOf('deployment')).toMatchObject({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: { replicas: 1, selector: { matchLabels: { 'app.kubernetes.io/name': 'wi-kv-test' } } },
  });
  expect(template('deployment').metadata.labels).toMatchObject({
    'app.kubernetes.io/name': 'wi-kv-test',
    'azure.workload.identity/use': 'true',
  });
  expect(template('deployment').spec).toEqual(wantedOf('pod').spec);
});

it('creates a job that reads the secret once', () => {
  expect(wantedOf('job')).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job' });
  expect(template('job').spec).toMatchObject({ restartPolicy: 'Never' });
  expect(template('job').spec.containers[0]!.env).toEqual([...env, { name: 'READS', value: '1' }]);
});

// https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
it.each(['pod', 'deployment', 'job'])('meets the restricted standard and has limits: %s', kind => {
  const spec = kind === 'pod' ? wantedOf(kind).spec : template(kind).spec;
  expect(spec).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
        resources: { requests: expect.anything(), limits: expect.anything() },
      },
    ],
  });
});

import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { documentation } from '../shared/documentation.ts';
import { parseInputs } from '../shared/inputs.ts';
import { dnsLabel, dnsSubdomain, type Rule, secretName, sha256Digest, vaultName } from '../shared/names.ts';

export interface Inputs {
  account: AccountInputs;
  /** Path of a file. */
  kubeconfig: string;
  namespace: string;
  serviceAccount: string;
  podName: string;
  /** By digest or tag. */
  image: string;
  vaultName: string;
  secretName: string;
  /** SHA-256 of the expected value, in lower-case hexadecimal digits. */
  secretSha256: string;
  timeoutSeconds: number;
  /** Whether a pod that differs is deleted and made again. */
  replace: boolean;
  /** Address of the page that explains each verdict. */
  documentation: string;
}

const image: Rule = {
  what: 'an image',
  valid: 'REGISTRY/REPOSITORY@sha256:DIGEST or REGISTRY/REPOSITORY:TAG',
  link: 'https://kubernetes.io/docs/concepts/containers/images/#image-names',
  accepts: text =>
    /^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:\w[\w.-]{0,127}|@sha256:[0-9a-f]{64})$/.test(
      text,
    ),
};

/**
 * Reads the action's inputs.
 * @throws {InvalidInputs} with every problem.
 */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(
    input => ({
      account: accountInputs(input, environment),
      kubeconfig: input.requiredPath('kubeconfig'),
      namespace: input.optional('namespace', dnsLabel, 'default'),
      serviceAccount: input.optional('service-account', dnsSubdomain, 'wi-demo-sa'),
      podName: input.optional('pod-name', dnsSubdomain, 'wi-kv-test'),
      image: input.required('image', image),
      vaultName: input.required('vault-name', vaultName),
      secretName: input.optional('secret-name', secretName, 'Secret'),
      secretSha256: input.required('secret-sha256', sha256Digest),
      timeoutSeconds: input.integer('timeout-seconds', { whenEmpty: 300, least: 1, most: 3600 }),
      replace: input.boolean('replace', false),
      documentation: documentation(environment),
    }),
    read,
  );
}

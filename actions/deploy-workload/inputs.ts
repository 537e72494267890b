import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { documentation } from '../shared/documentation.ts';
import { type InputParser, parseInputs } from '../shared/inputs.ts';
import { dnsLabel, type Rule, secretName, sha256Digest, vaultName } from '../shared/naming-rules.ts';
import { quote } from '../shared/quote.ts';
import { nameOf, workloadInputs } from '../shared/workloads.ts';
import type { Target, WorkloadKind } from './manifest.ts';
import { MAX_LENGTHS } from './unfederated.ts';

export interface Inputs {
  account: AccountInputs;
  kubeconfig: string;
  kind: WorkloadKind;
  /** At least one. */
  targets: readonly Target[];
  image: string;
  vaultName: string;
  secretName: string;
  /** SHA-256 of the expected value, in lowercase hexadecimal digits. */
  secretSha256: string;
  /** For each workload. */
  timeoutSeconds: number;
  replace: boolean;
  /** The repository whose workflow runs, OWNER/NAME; '' outside GitHub. */
  repository: string;
  proveDenial: boolean;
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

/** @throws {InvalidInputs} with every problem. */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(input => {
    const account = accountInputs(input, environment);
    const proveDenial = input.boolean('prove-denial', false);
    const targets = targetInputs(input);
    if (proveDenial) refuseTooLong(input, targets);
    return {
      account,
      kubeconfig: input.requiredPath('kubeconfig'),
      kind: input.oneOf('kind', ['pod', 'deployment', 'job']),
      targets,
      image: input.required('image', image),
      vaultName: input.required('vault-name', vaultName),
      secretName: input.optional('secret-name', secretName, 'Secret'),
      secretSha256: input.required('secret-sha256', sha256Digest),
      timeoutSeconds: input.integer('timeout-seconds', { default: 900, min: 1, max: 3600 }),
      replace: input.boolean('replace', false),
      proveDenial,
      repository: environment.GITHUB_REPOSITORY ?? '',
      documentation: documentation(environment),
    };
  }, read);
}

/** One workload has the name in the input. Several have that name and their service account's. */
function targetInputs(input: InputParser): Target[] {
  const name = input.optional('name', dnsLabel, 'wi-kv-test');
  const workloads = workloadInputs(input);
  if (workloads.length === 1) return workloads.map(workload => ({ ...workload, name }));
  const targets = workloads.map(workload => ({ ...workload, name: `${name}-${workload.serviceAccount}` }));
  for (const target of targets.filter(each => !dnsLabel.accepts(each.name)))
    input.problem(
      `workloads lists ${quote(nameOf(target))}, whose object would have the invalid name ${quote(target.name)}; valid: ${dnsLabel.valid}. Use a shorter name, or deploy this workload in a separate step`,
    );
  return targets;
}

/** The objects of a proof of denial have these names with an ending. */
function refuseTooLong(input: InputParser, targets: readonly Target[]): void {
  for (const target of targets) {
    for (const part of ['name', 'serviceAccount'] as const)
      if (target[part].length > MAX_LENGTHS[part])
        input.problem(
          `prove-denial adds an ending to ${quote(target[part])}, which has ${target[part].length} characters; valid are at most ${MAX_LENGTHS[part]}`,
        );
  }
}

import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { parseInputs } from '../shared/inputs.ts';
import { guid, secretName, vaultName } from '../shared/naming-rules.ts';
import { type ResourceGroup, resourceGroupInputs } from '../shared/resource-group.ts';
import type { AccessModel } from './access.ts';

export interface Inputs {
  account: AccountInputs;
  /** `OWNER/NAME` of the workflow's repository; what its lab created is recognized by it. */
  repository: string | undefined;
  group: ResourceGroup;
  vaultName: string;
  /** Whether to create the vault if it does not exist. */
  create: boolean;
  /** What to do with a deleted vault or secret of the lab that keeps the name. */
  softDeleted: 'fail' | 'recover' | 'purge';
  secretName: string;
  /** '' draws a random one, or uses what another owner wrote. */
  secretValue: string;
  /** Whether to write a new version of a secret that another owner wrote. */
  overwriteSecret: boolean;
  /** For a new vault; an existing one keeps its own. */
  accessModel: AccessModel;
  /** Object id of the identity that may read the secret. */
  principalId: string;
  /** Where the secret may lie for a moment; undefined where no runner names a folder. */
  temporaryFolder: string | undefined;
}

// https://learn.microsoft.com/azure/key-vault/secrets/about-secrets
const LARGEST_SECRET = 25 * 1024;

/**
 * Reads the action's inputs.
 * @throws {InvalidInputs} with every problem.
 */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(input => {
    const secretValue = input.secret('secret-value');
    if (Buffer.byteLength(secretValue) > LARGEST_SECRET) input.problem('secret-value is longer than 25 KB');
    return {
      account: accountInputs(input, environment),
      repository: environment.GITHUB_REPOSITORY,
      group: resourceGroupInputs(input, environment),
      vaultName: input.required('vault-name', vaultName),
      create: input.boolean('create', true),
      softDeleted: input.oneOf('soft-deleted', ['fail', 'recover', 'purge']),
      secretName: input.optional('secret-name', secretName, 'Secret'),
      secretValue,
      overwriteSecret: input.boolean('overwrite-secret', false),
      accessModel: input.oneOf('access-model', ['rbac', 'access-policy']),
      principalId: input.required('principal-id', guid),
      temporaryFolder: environment.RUNNER_TEMP,
    };
  }, read);
}

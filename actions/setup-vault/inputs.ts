import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { parseInputs } from '../shared/inputs.ts';
import { guid, secretName, vaultName } from '../shared/names.ts';
import { type ResourceGroup, resourceGroupInputs } from '../shared/resource-group.ts';
import type { AccessModel } from './access.ts';

export interface Inputs {
  account: AccountInputs;
  group: ResourceGroup;
  vaultName: string;
  /** Whether a vault that is not there is made. */
  create: boolean;
  /** What becomes of a deleted vault, or a deleted secret, that still holds the name. */
  softDeleted: 'fail' | 'recover' | 'purge';
  secretName: string;
  /** '' draws a random one, or takes what somebody else wrote. */
  secretValue: string;
  /** Whether a secret that somebody else wrote gets a new version. */
  overwriteSecret: boolean;
  /** For a vault that is made; one that is there has its own. */
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

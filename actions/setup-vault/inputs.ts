import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { parseInputs } from '../shared/inputs.ts';
import { guid, secretName, vaultName } from '../shared/naming-rules.ts';
import { type ResourceGroup, resourceGroupInputs } from '../shared/resource-group.ts';

export type AccessModel = 'rbac' | 'access-policy';

export interface Inputs {
  account: AccountInputs;
  /** `OWNER/NAME` of the workflow's repository. The tags of what its lab created contain it. */
  repository: string | undefined;
  group: ResourceGroup;
  vaultName: string;
  create: boolean;
  softDeleted: 'fail' | 'recover' | 'purge';
  secretName: string;
  /** Empty to generate a value, or to use the existing secret of another owner. */
  secretValue: string;
  overwriteSecret: boolean;
  /** For a new vault. An existing vault keeps its model. */
  accessModel: AccessModel;
  /** Object ID of the identity that reads the secret. */
  principalId: string;
  /** Folder for the file that hands the secret to az. If undefined, the system's temporary folder. */
  temporaryFolder: string | undefined;
}

// https://learn.microsoft.com/azure/key-vault/secrets/about-secrets
const MAX_SECRET_BYTES = 25 * 1024;

/** @throws {InvalidInputs} with every problem */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(input => {
    const secretValue = input.secret('secret-value');
    const bytes = Buffer.byteLength(secretValue);
    if (bytes > MAX_SECRET_BYTES)
      input.problem(`secret-value has ${bytes} bytes. Key Vault accepts at most ${MAX_SECRET_BYTES}`);
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

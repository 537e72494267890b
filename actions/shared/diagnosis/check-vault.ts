import { quote } from '../quote.ts';
import { type LogFinding, reasonIn, TOKEN_EXCHANGED, VAULT_OF_OTHER_TENANT } from './log-findings.ts';
import { argument, capitalize, type Verdict } from './verdict.ts';
import type { Grant, Vault, WorkloadState } from './workload-state.ts';

/**
 * @param last the last finding in the pod's log.
 * @param now Unix seconds.
 */
export function checkVault(
  state: WorkloadState,
  last: LogFinding | undefined,
  now: number,
): Verdict | undefined {
  // An exchanged token says nothing about the vault.
  const finding = last?.code === TOKEN_EXCHANGED ? undefined : last;
  return (
    checkNetwork(state, finding) ??
    checkVaultTenant(state, finding) ??
    checkAccess(state, finding) ??
    checkSecret(state, finding, now)
  );
}

function checkNetwork(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  const { target, vault } = state;
  const code = finding?.code ?? '';
  const said = reasonIn(finding?.line ?? '');
  if (/^ForbiddenBy(Firewall|Connection)$/.test(code)) {
    return {
      link: 'vault-network',
      seen: `${capitalize(describeVault(state))} refused the network of the pod (${code}). ${describeNetwork(vault)}`,
      remedy: `Allow the outbound IP address of the cluster in the firewall of the vault:\naz keyvault network-rule add --name ${argument(target.vaultName, 'VAULT')} --ip-address ADDRESS\nOr create a private endpoint for the vault in the network of the cluster.`,
      final: false,
    };
  }
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) {
    return {
      link: 'vault-unknown',
      seen: `The pod cannot resolve the host name of ${describeVault(state)} (${code}): ${said}${vault ? ' The vault exists in the subscription.' : ''}`,
      remedy: vault
        ? 'Wait some minutes if the vault is new. Otherwise check the DNS of the cluster, and the private DNS zone if the vault has a private endpoint.'
        : 'Correct the name of the vault, or wait some minutes if the vault is new. To list the existing and the deleted vaults:\naz keyvault list --query "[].name"\naz keyvault list-deleted --query "[].name"',
      final: false,
    };
  }
  if (/^(ETIMEDOUT|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH)$/.test(code)) {
    return {
      link: 'vault-network',
      seen: `The pod cannot reach ${describeVault(state)} (${code}): ${said} ${describeNetwork(vault)}`,
      remedy:
        'Allow outbound traffic from the cluster to the vault. Check network policies, the firewall, and the private endpoint.',
      final: false,
    };
  }
  return undefined;
}

function describeNetwork(vault: WorkloadState['vault']): string {
  if (!vault) return '';
  const { publicNetworkAccess, networkAcls } = vault.properties;
  if (publicNetworkAccess === 'Disabled') return 'The public network access of the vault is disabled.';
  return networkAcls?.defaultAction === 'Deny'
    ? 'The firewall of the vault denies every address that no rule allows.'
    : '';
}

function checkVaultTenant(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  const { vault, identity } = state;
  const other =
    identity && vault?.properties.tenantId && vault.properties.tenantId !== identity.tenantId
      ? vault.properties.tenantId
      : undefined;
  if (!other && !finding?.code.startsWith('AKV') && finding?.code !== VAULT_OF_OTHER_TENANT) return undefined;
  return {
    link: 'vault-tenant',
    seen: other
      ? `${capitalize(describeVault(state))} trusts tenant ${quote(other)}, but the identity belongs to tenant ${quote(identity?.tenantId ?? '')}.`
      : `${capitalize(describeVault(state))} rejected the token of the identity (${finding?.code}): ${reasonIn(finding?.line ?? '')}`,
    remedy:
      'Use a vault and an identity of the same tenant. Request the token for the audience of the vault (https://vault.azure.net in the public cloud).',
    final: true,
  };
}

function checkAccess(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  const { vault, identity, grants, secret } = state;
  const code = finding?.code ?? '';
  // Without a role on this name, the vault does not report that the secret does not exist.
  if (code === 'ForbiddenByRbac' && secret === null)
    return secretNotFoundVerdict(state, code, describeGrants(state));
  if (code === 'ForbiddenByRbac') return roleMissingVerdict(state, code);
  if (code === 'AccessDenied') return policyMissingVerdict(state, code);
  if (code || !vault || !identity) return undefined;

  if (!usesRoles(vault)) {
    const mightRead =
      secretPermissions(vault, identity.principalId) || letsOthersRead(vault, identity.principalId);
    return mightRead ? undefined : policyMissingVerdict(state, '');
  }
  if (!grants) return undefined;
  const covering = coveringGrants(vault, state.target.secretName, grants);
  return covering.some(({ readsSecrets }) => readsSecrets !== false)
    ? undefined
    : roleMissingVerdict(state, '');
}

export function usesRoles({ properties }: Vault): boolean {
  return properties.enableRbacAuthorization === true;
}

/** The secret permissions of the identity's access policy; undefined if it does not allow the identity to read secrets. */
export function secretPermissions(vault: Vault, principalId: string): readonly string[] | undefined {
  const policy = readerPolicies(vault).find(({ objectId }) => objectId === principalId);
  return policy?.permissions?.secrets ?? undefined;
}

/** True if a policy of another principal allows it to read secrets. It might be a group of the identity. */
export function letsOthersRead(vault: Vault, principalId: string): boolean {
  return readerPolicies(vault).some(({ objectId }) => objectId !== principalId);
}

function readerPolicies({ properties: { accessPolicies = [] } }: Vault) {
  return accessPolicies.filter(
    ({ applicationId, permissions }) =>
      !applicationId && permissions?.secrets?.some(each => /^(get|all)$/i.test(each)),
  );
}

/**
 * The grants whose scope contains the secret: the secret, its vault, or a scope above.
 * https://learn.microsoft.com/azure/role-based-access-control/scope-overview
 */
export function coveringGrants(vault: Vault, secretName: string, grants: readonly Grant[]): Grant[] {
  const secret = `${vault.id}/secrets/${secretName}/`.toLowerCase();
  return grants.filter(
    ({ scope }) =>
      scope === '/' ||
      /^\/providers\/Microsoft\.Management\/managementGroups\//i.test(scope) ||
      secret.startsWith(`${scope.toLowerCase().replace(/\/$/, '')}/`),
  );
}

function roleMissingVerdict(state: WorkloadState, code: string): Verdict {
  const { vault, grants, target, identity } = state;
  const covering = vault && grants && coveringGrants(vault, target.secretName, grants);
  const granted = covering?.find(({ readsSecrets }) => readsSecrets);
  const scope = vault ? `${vault.id}/secrets/${argument(target.secretName, 'NAME')}` : 'SECRET_ID';
  return {
    link: 'vault-role',
    seen: granted
      ? `${capitalize(describeVault(state))} refused the identity (${code}), although the identity has the role ${quote(granted.role)} on ${quote(shortScope(granted.scope))}.`
      : `The identity has no role that allows it to read ${describeSecret(state)} in ${describeVault(state)}${inBrackets(code)}. ${describeGrants(state)}`,
    remedy: `Assign Key Vault Secrets User on the secret to the identity. setup-vault does this with its input principal-id, or:\naz role assignment create --role "Key Vault Secrets User" --assignee-object-id ${argument(identity?.principalId, 'PRINCIPAL_ID')} --assignee-principal-type ServicePrincipal --scope ${argument(scope, 'SECRET_ID')}\nAzure applies a new assignment after seconds to minutes.`,
    final: covering?.every(({ readsSecrets }) => readsSecrets === false) ?? false,
  };
}

function policyMissingVerdict(state: WorkloadState, code: string): Verdict {
  const { vault, identity, target } = state;
  return {
    link: 'vault-access-policy',
    seen: `${capitalize(describeVault(state))} uses access policies, and no policy grants the identity the secret permission "get"${inBrackets(code)}.`,
    remedy: `Run setup-vault with this vault and the principal-id of the identity, or:\naz keyvault set-policy --name ${argument(target.vaultName, 'VAULT')} --object-id ${argument(identity?.principalId, 'PRINCIPAL_ID')} --secret-permissions get`,
    final: Boolean(vault && identity && !secretPermissions(vault, identity.principalId)),
  };
}

function checkSecret(
  state: WorkloadState,
  finding: LogFinding | undefined,
  now: number,
): Verdict | undefined {
  const { secret } = state;
  const code = finding?.code ?? '';
  if (code === 'SecretNotFound' || (!code && secret === null)) return secretNotFoundVerdict(state, code, '');
  if (code === 'SecretDisabled' || (!code && secret?.enabled === false)) {
    return {
      link: 'secret-disabled',
      seen: `${capitalize(describeSecret(state))} in ${describeVault(state)} is disabled${inBrackets(code)}.`,
      remedy: `Enable the secret, or write a new version:\n${setAttributes(state, '--enabled true')}`,
      final: true,
    };
  }
  return code ? undefined : checkSecretPeriod(state, now);
}

/**
 * Key Vault returns a secret that is expired or not valid yet; drivers and programs that check the time reject it.
 * https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#date-time-controlled-operations
 */
function checkSecretPeriod(state: WorkloadState, now: number): Verdict | undefined {
  const period = invalidPeriod(state.secret, now);
  if (!period) return undefined;
  return {
    link: period.early ? 'secret-not-yet-valid' : 'secret-expired',
    seen: `${capitalize(describeSecret(state))} in ${describeVault(state)} ${period.text}. Key Vault returns it, but programs and drivers that check the time reject it.`,
    remedy: `Write a new version, or change the time:\n${setAttributes(state, `${period.early ? '--not-before' : '--expires'} YYYY-MM-DDTHH:MM:SSZ`)}`,
    final: false,
  };
}

function setAttributes({ target }: WorkloadState, option: string): string {
  return `az keyvault secret set-attributes --vault-name ${argument(target.vaultName, 'VAULT')} --name ${argument(target.secretName, 'NAME')} ${option}`;
}

/** @param now Unix seconds. */
export function invalidPeriod(
  secret: WorkloadState['secret'],
  now: number,
): { early: boolean; text: string } | undefined {
  const date = (seconds: number): string => new Date(seconds * 1000).toISOString();
  if (secret?.notBefore !== undefined && now < secret.notBefore)
    return { early: true, text: `is not valid before ${date(secret.notBefore)}` };
  if (secret?.expires !== undefined && now >= secret.expires)
    return { early: false, text: `expired at ${date(secret.expires)}` };
  return undefined;
}

function secretNotFoundVerdict(state: WorkloadState, code: string, more: string): Verdict {
  return {
    link: 'secret-not-found',
    seen: `${capitalize(describeVault(state))} has no ${describeSecret(state)}${inBrackets(code)}. ${more}`,
    remedy: `Set secret-name to the output secret-name of setup-vault, or run setup-vault with this secret-name. To list the existing secrets:\naz keyvault secret list --vault-name ${argument(state.target.vaultName, 'VAULT')} --query "[].name"`,
    final: true,
  };
}

function describeGrants({ target, grants }: WorkloadState): string {
  if (!grants) return '';
  const onVaults = grants.filter(grant => /\/providers\/Microsoft\.KeyVault\//i.test(grant.scope));
  if (onVaults.length === 0) return 'The identity has no role on any vault that the caller can see.';
  const each = onVaults.map(({ role, scope }) => `${quote(role)} on ${quote(shortScope(scope))}`);
  const vault = `/vaults/${target.vaultName}/`.toLowerCase();
  const here = onVaults.some(({ scope }) => `${scope}/`.toLowerCase().includes(vault));
  return `It has ${each.join(', ')}${here ? '' : `, which is not ${quote(target.vaultName)}`}.`;
}

function shortScope(scope: string): string {
  return scope.split('/').slice(7).join('/') || scope;
}

function describeVault({ target }: WorkloadState): string {
  return target.vaultName ? `vault ${quote(target.vaultName)}` : 'the vault';
}

function describeSecret({ target }: WorkloadState): string {
  return target.secretName ? `secret ${quote(target.secretName)}` : 'secrets';
}

function inBrackets(code: string): string {
  return code && ` (${code})`;
}

import { type LogFinding, reasonIn, TOKEN_EXCHANGED, VAULT_OF_OTHER_TENANT } from './log-findings.ts';
import type { Verdict } from './verdict.ts';
import type { Grant, Vault, WorkloadState } from './workload-state.ts';

/**
 * The links in Key Vault: the vault is there and reachable, lets the identity in, and has the secret.
 * @param last the last that the pod's log says of the chain.
 * @param now Unix seconds.
 */
export function checkVault(
  state: WorkloadState,
  last: LogFinding | undefined,
  now: number,
): Verdict | undefined {
  // That Entra exchanged the token says nothing of the vault.
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
      seen: `${capitalize(named(state))} refuses the network that the pod comes from (${code}). ${networkOf(vault)}`,
      remedy:
        'Let the cluster’s outbound address through the vault’s firewall, or give it a private endpoint.',
      final: false,
    };
  }
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) {
    return {
      link: 'vault-unknown',
      seen: `The pod finds no host of this name (${code}): ${said}${vault ? ` The subscription has ${named(state)}, though.` : ''}`,
      remedy: vault
        ? 'A vault that was made just now is known by its name after some minutes; later it is the DNS of the cluster, or of a private endpoint.'
        : `Check the name of the vault${target.vaultName && ` (${target.vaultName})`}: there is none of this name, or it was made so recently that its name is not known yet.`,
      final: false,
    };
  }
  if (/^(ETIMEDOUT|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH)$/.test(code)) {
    return {
      link: 'vault-network',
      seen: `The pod does not reach ${named(state)} (${code}): ${said} ${networkOf(vault)}`,
      remedy:
        'Let the cluster’s outbound traffic through to the vault (network policy, firewall, private endpoint).',
      final: false,
    };
  }
  return undefined;
}

function networkOf(vault: WorkloadState['vault']): string {
  if (!vault) return '';
  const { publicNetworkAccess, networkAcls } = vault.properties;
  if (publicNetworkAccess === 'Disabled') return 'Its public network access is disabled.';
  return networkAcls?.defaultAction === 'Deny' ? 'Its firewall denies what no rule names.' : '';
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
      ? `${capitalize(named(state))} trusts tenant ${other}, and the identity belongs to tenant ${identity?.tenantId}.`
      : `${capitalize(named(state))} does not accept the identity's token (${finding?.code}): ${reasonIn(finding?.line ?? '')}`,
    remedy: 'Use a vault and an identity of one tenant, and the vault’s own audience for the token.',
    final: true,
  };
}

function checkAccess(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  const { vault, identity, grants, secret } = state;
  const code = finding?.code ?? '';
  // A role on another secret says nothing about this one, so the vault does not even say that it is not there.
  if (code === 'ForbiddenByRbac' && secret === null)
    return secretNotFoundVerdict(state, code, describeGrants(state));
  if (code === 'ForbiddenByRbac') return roleMissingVerdict(state, code);
  if (code === 'AccessDenied') return policyMissingVerdict(state, code);
  if (code || !vault || !identity) return undefined;

  if (!usesRoles(vault)) {
    const perhaps =
      secretPermissions(vault, identity.principalId) || letsOthersRead(vault, identity.principalId);
    return perhaps ? undefined : policyMissingVerdict(state, '');
  }
  if (!grants) return undefined;
  const covering = coveringGrants(vault, state.target.secretName, grants);
  return covering.some(({ readsSecrets }) => readsSecrets !== false)
    ? undefined
    : roleMissingVerdict(state, '');
}

/** Whether the vault decides by roles, or else by access policies. */
export function usesRoles({ properties }: Vault): boolean {
  return properties.enableRbacAuthorization === true;
}

/** The identity's access policy that lets it read secrets. */
export function secretPermissions(vault: Vault, principalId: string): readonly string[] | undefined {
  const policy = readerPolicies(vault).find(({ objectId }) => objectId === principalId);
  return policy?.permissions?.secrets ?? undefined;
}

/** Whether others may read secrets; one of them may be a group that the identity is in, which is not looked at. */
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
 * The grants whose scope covers the secret: what lies on it, its vault, or above.
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
  const { vault, grants, target } = state;
  const covering = vault && grants && coveringGrants(vault, target.secretName, grants);
  const granted = covering?.find(({ readsSecrets }) => readsSecrets);
  return {
    link: 'vault-role',
    seen: granted
      ? `${capitalize(named(state))} refuses the identity (${code}), although it has ${granted.role} on ${shortScope(granted.scope)}.`
      : `The identity has no role that lets it read ${describeSecret(state)} in ${named(state)}${code && ` (${code})`}. ${describeGrants(state)}`,
    remedy: `Give it Key Vault Secrets User on ${vault ? `${vault.id}/secrets/${target.secretName || 'NAME'}` : 'the secret'}: run setup-vault with this vault and secret and the identity's principal-id. An assignment made just now is seen after seconds to minutes.`,
    final: covering?.every(({ readsSecrets }) => readsSecrets === false) ?? false,
  };
}

function policyMissingVerdict(state: WorkloadState, code: string): Verdict {
  const { vault, identity } = state;
  return {
    link: 'vault-access-policy',
    seen: `${capitalize(named(state))} decides by access policies, and none gives the identity "get" on secrets${code && ` (${code})`}.`,
    remedy:
      'Run setup-vault with this vault and the identity’s principal-id, or az keyvault set-policy --secret-permissions get.',
    final: Boolean(vault && identity && !secretPermissions(vault, identity.principalId)),
  };
}

function checkSecret(
  state: WorkloadState,
  finding: LogFinding | undefined,
  now: number,
): Verdict | undefined {
  const { target, secret } = state;
  const code = finding?.code ?? '';
  if (code === 'SecretNotFound' || (!code && secret === null)) return secretNotFoundVerdict(state, code, '');
  if (code === 'SecretDisabled' || (!code && secret?.enabled === false)) {
    return {
      link: 'secret-disabled',
      seen: `Secret ${target.secretName} in ${named(state)} is disabled${code && ` (${code})`}.`,
      remedy: `Enable it: az keyvault secret set-attributes --vault-name ${target.vaultName || 'VAULT'} --name ${target.secretName || 'NAME'} --enabled true`,
      final: true,
    };
  }
  return code ? undefined : checkSecretPeriod(state, now);
}

/**
 * Key Vault itself gives a secret outside its time to whoever may read it, but programs that mind the time do not take
 * it. https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#date-time-controlled-operations
 */
function checkSecretPeriod({ target, secret }: WorkloadState, now: number): Verdict | undefined {
  const time = invalidPeriod(secret, now);
  if (!time) return undefined;
  return {
    link: time.early ? 'secret-not-yet-valid' : 'secret-expired',
    seen: `Secret ${target.secretName} in vault ${target.vaultName} ${time.text}. Key Vault gives it all the same; programs and drivers that mind the time refuse it.`,
    remedy: `Write it again, or set its time: az keyvault secret set-attributes --vault-name ${target.vaultName} --name ${target.secretName} ${time.early ? '--not-before' : '--expires'} TIME`,
    final: false,
  };
}

/** Whether a secret is not valid yet or any more, and that in words. */
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
    seen: `There is no secret ${state.target.secretName} in ${named(state)}${code && ` (${code})`}. ${more}`,
    remedy: 'Give the output secret-name of setup-vault, or run setup-vault with this secret-name.',
    final: true,
  };
}

/** Where the identity has roles on vaults instead. */
function describeGrants({ target, grants }: WorkloadState): string {
  if (!grants) return '';
  const onVaults = grants.filter(grant => /\/providers\/Microsoft\.KeyVault\//i.test(grant.scope));
  if (onVaults.length === 0) return 'It has no role on any vault that can be seen.';
  const each = onVaults.map(({ role, scope }) => `${role} on ${shortScope(scope)}`);
  const vault = `/vaults/${target.vaultName}/`.toLowerCase();
  const here = onVaults.some(({ scope }) => `${scope}/`.toLowerCase().includes(vault));
  return `It has ${each.join(', ')}${here ? '' : `, which is not ${target.vaultName}`}.`;
}

/** A scope without what all of a subscription's have in common. */
function shortScope(scope: string): string {
  return scope.split('/').slice(7).join('/') || scope;
}

function named({ target }: WorkloadState): string {
  return target.vaultName ? `vault ${target.vaultName}` : 'the vault';
}

function describeSecret({ target }: WorkloadState): string {
  return target.secretName || 'secrets';
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

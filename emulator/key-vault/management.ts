import { object, tagsOf, text } from '../arm/body.ts';
import { ArmError } from '../arm/errors.ts';
import type { ArmRequest, Handler, Resource, ResourceProvider } from '../arm/provider.ts';
import { sameId } from '../arm/resource-id.ts';
import { systemData } from '../arm/system-data.ts';
import { isObject, type JsonObject } from '../http/json.ts';
import { json, type Reply } from '../http/service.ts';
import { wholeSeconds } from '../timestamps.ts';
import type { KeyVaultContext } from './context.ts';
import { secretResources } from './secret-resources.ts';
import { Secrets } from './secrets.ts';
import type { AccessPolicy, DeletedVault, Vault, VaultProperties, Vaults } from './vaults.ts';

const namespace = 'Microsoft.KeyVault';

/** Since this API version, new vaults use roles by default. */
const rolesByDefaultSince = '2026-02-01';

/** @see https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults */
export function createProvider(context: KeyVaultContext, vaults: Vaults): ResourceProvider {
  const show = (vault: Vault): Resource => showVault(context, vault);

  /** The name's registration has no operation: az polls the vault. */
  const reply = (vault: Vault): Reply => {
    const shown = show(vault);
    // Not from the clock again: without the header, az waits 30 seconds.
    const registered = object(shown.properties).provisioningState === 'Succeeded';
    const retryAfter = { 'retry-after': String(context.latency.retryAfter) };
    return json(200, shown, registered ? serviceVersion : { ...serviceVersion, ...retryAfter });
  };

  const list: Handler = request =>
    page(
      request,
      vaults
        .all()
        .filter(vault => isInGroup(vault, request.id.resourceGroup))
        .map(show),
    );

  const put: Handler = request => {
    const name = request.id.names[0]!;
    requireValidName(name);
    const properties = propertiesIn(request.body);
    const live = vaults.find(name);
    const deleted = vaults.findDeleted(name);
    if (vaults.isTaken(name) || (live && !sameId(live.id, request.id.text))) throw alreadyExists(name);
    if (live)
      return reply(change(request, live, { ...properties, accessPolicies: properties.accessPolicies ?? [] }));
    if (properties.createMode === 'recover') return reply(recover(request, deleted));
    if (deleted) throw isSoftDeleted();
    const vault = create(context, request, properties);
    vaults.add(vault);
    return reply(vault);
  };

  const recover = (request: ArmRequest, deleted: DeletedVault | undefined): Vault => {
    if (!deleted || !sameId(deleted.vault.id, request.id.text)) {
      const message = `A deleted vault with the name '${request.id.names[0]}' does not exist in this resource group.`;
      throw new ArmError(404, 'DeletedVaultNotFound', message);
    }
    const vault = vaults.recover(deleted);
    vault.systemData = { ...changedBy(request), ...createdBy(vault.systemData) };
    return vault;
  };

  const find = (request: ArmRequest): Vault => vaults.find(request.id.names[0]!)!;

  const findDeleted = (request: ArmRequest): DeletedVault => {
    const [location, name] = request.id.names;
    const deleted = vaults.findDeleted(name!);
    if (deleted && sameId(deleted.vault.location, location!)) return deleted;
    throw new ArmError(404, 'DeletedVaultNotFound', `The specified deleted vault '${name}' does not exist.`);
  };

  const purge: Handler = request => {
    const deleted = findDeleted(request);
    if (deleted.vault.properties.enablePurgeProtection) {
      throw new ArmError(405, 'MethodNotAllowed', "Operation 'DeletedVaultPurge' is not allowed.");
    }
    const { subscriptionId, names } = request.id;
    const operation = request.operations.start({
      takes: 'vault purge',
      finish: () => vaults.purge(deleted),
    });
    const headers = request.operations.location(
      operation,
      `/subscriptions/${subscriptionId}/providers/${namespace}/locations/${names[0]}/operationResults`,
      request.apiVersion,
      ({ status, startTime, endTime }) => {
        const createdDateTime = withBlank(startTime);
        const lastActionDateTime = endTime && withBlank(endTime);
        return lastActionDateTime
          ? { status: 200, body: { createdDateTime, lastActionDateTime, status }, headers: serviceVersion }
          : { status: 202, body: { createdDateTime, status: 'NotStarted' } };
      },
    );
    return { status: 202, headers: { ...headers, ...serviceVersion } };
  };

  const checkNameAvailability: Handler = ({ body }) => {
    const name = text(body.name) ?? '';
    if (!isValidName(name)) {
      return json(200, { nameAvailable: false, reason: 'AccountNameInvalid', message: badName(name) });
    }
    const taken = vaults.find(name) || vaults.findDeleted(name) || vaults.isTaken(name);
    return json(
      200,
      taken
        ? { nameAvailable: false, reason: 'AlreadyExists', message: alreadyExists(name).message }
        : { nameAvailable: true },
    );
  };

  const none: Handler = () => json(200, { value: [] });

  return {
    namespace,
    resourceTypes: [
      {
        name: 'vaults',
        tracked: true,
        list,
        get: request => reply(find(request)),
        put,
        patch: request => reply(change(request, find(request), propertiesIn(request.body))),
        delete: request => {
          vaults.delete(find(request));
          return { status: 200, headers: serviceVersion };
        },
      },
      {
        name: 'vaults/accessPolicies',
        put: request => {
          const vault = find(request);
          const sent = policiesIn(propertiesIn(request.body).accessPolicies);
          const accessPolicies = combine(vault.properties.accessPolicies, sent, request.id.names[1]!);
          vault.properties = { ...vault.properties, accessPolicies };
          return json(200, {
            id: `${vault.id}/accessPolicies/`,
            type: `${namespace}/vaults/accessPolicies`,
            location: vault.location,
            properties: { accessPolicies },
          });
        },
      },
      secretResources(context, find),
      { name: 'deletedVaults', list: request => page(request, vaults.listDeleted().map(showDeleted)) },
      {
        name: 'locations/deletedVaults',
        get: request => json(200, showDeleted(findDeleted(request)), serviceVersion),
        actions: { purge },
      },
      { name: '', actions: { checkNameAvailability } },
      // az lists both types whenever a name can be either.
      { name: 'managedHSMs', list: none },
      { name: 'deletedManagedHSMs', list: none },
    ],
    resources: () => vaults.all().map(show),
    remove: resource => {
      const vault = vaults.find(resource.name);
      if (vault) vaults.delete(vault);
    },
  };
}

const serviceVersion = { 'x-ms-keyvault-service-version': '1.5.1424.0' };

function create(context: KeyVaultContext, request: ArmRequest, sent: JsonObject): Vault {
  const { id, body, apiVersion } = request;
  const softDeleteRetentionInDays = sent.softDeleteRetentionInDays ?? 90;
  if (!isRetention(softDeleteRetentionInDays)) {
    throw badRequest(
      'The value of the parameter "softDeleteRetentionInDays" is invalid: it must be a whole number of days between 7 and 90.',
    );
  }
  const created: VaultProperties = {
    sku: { family: 'A', name: 'standard' },
    tenantId: context.tenantId,
    accessPolicies: [],
    enabledForDeployment: false,
    enableSoftDelete: true,
    softDeleteRetentionInDays,
    ...(apiVersion >= rolesByDefaultSince && { enableRbacAuthorization: true }),
    publicNetworkAccess: 'Enabled',
  };
  return {
    id: id.text,
    name: id.names[0]!,
    resourceGroup: id.resourceGroup!,
    location: text(body.location)!,
    tags: tagsOf(body),
    properties: { ...created, ...acceptedProperties(sent, created) },
    systemData: changedBy(request),
    secrets: new Secrets(context.latency, softDeleteRetentionInDays),
    registeredAt: Date.now() + context.latency.of('vault create'),
  };
}

/** Properties that `sent` does not have stay. */
function change(request: ArmRequest, vault: Vault, sent: JsonObject): Vault {
  const { softDeleteRetentionInDays } = sent;
  if (
    softDeleteRetentionInDays !== undefined &&
    softDeleteRetentionInDays !== vault.properties.softDeleteRetentionInDays
  ) {
    throw badRequest(
      'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
    );
  }
  vault.properties = { ...vault.properties, ...acceptedProperties(sent, vault.properties) };
  if (request.body.tags !== undefined) vault.tags = tagsOf(request.body);
  vault.systemData = { ...changedBy(request), ...createdBy(vault.systemData) };
  return vault;
}

/** Ignores read-only properties, as Azure. */
function acceptedProperties(sent: JsonObject, current: VaultProperties): Partial<VaultProperties> {
  const accepted: Partial<VaultProperties> = {};
  if (sent.tenantId !== undefined) {
    if (sent.tenantId !== current.tenantId) {
      throw badRequest('The tenant ID in the request body is not the tenant of the subscription.');
    }
  }
  if (sent.sku !== undefined) accepted.sku = skuIn(sent.sku);
  if (sent.accessPolicies !== undefined) accepted.accessPolicies = policiesIn(sent.accessPolicies);
  if (sent.enableSoftDelete === false) {
    throw badRequest('The property "enableSoftDelete" cannot be set to false: soft delete is always on.');
  }
  if (sent.enablePurgeProtection === false) {
    throw badRequest(
      'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
    );
  }
  if (sent.enablePurgeProtection === true) accepted.enablePurgeProtection = true;
  if (sent.networkAcls !== undefined) accepted.networkAcls = networkAclsIn(sent.networkAcls);
  if (typeof sent.publicNetworkAccess === 'string') accepted.publicNetworkAccess = sent.publicNetworkAccess;
  for (const flag of flags) {
    const value = sent[flag];
    if (typeof value === 'boolean') accepted[flag] = value;
  }
  return accepted;
}

const flags = [
  'enabledForDeployment',
  'enabledForDiskEncryption',
  'enabledForTemplateDeployment',
  'enableRbacAuthorization',
] as const;

/** Object ID and application ID identify a policy. */
function combine(
  current: readonly AccessPolicy[],
  sent: readonly AccessPolicy[],
  kind: string,
): readonly AccessPolicy[] {
  const isFor = (one: AccessPolicy) => (other: AccessPolicy) =>
    one.objectId === other.objectId && one.applicationId === other.applicationId;
  const others = current.filter(policy => !sent.some(isFor(policy)));
  switch (kind.toLowerCase()) {
    case 'replace':
      return [...others, ...sent];
    case 'remove':
      return others;
    case 'add':
      return [
        ...others,
        ...sent.map(policy => {
          const before = current.find(isFor(policy));
          return before ? { ...policy, permissions: union(before.permissions, policy.permissions) } : policy;
        }),
      ];
    default:
      throw badRequest(`'${kind}' is not one of add, replace, remove.`);
  }
}

const permissionKinds = ['keys', 'secrets', 'certificates', 'storage'] as const;

function union(
  one: AccessPolicy['permissions'],
  other: AccessPolicy['permissions'],
): AccessPolicy['permissions'] {
  const kinds = permissionKinds.filter(kind => one[kind] ?? other[kind]);
  return Object.fromEntries(
    kinds.map(kind => [kind, [...new Set([...(one[kind] ?? []), ...(other[kind] ?? [])])]]),
  );
}

function showVault(context: KeyVaultContext, vault: Vault): Resource {
  const { id, name, location, tags, systemData, properties } = vault;
  const { sku, tenantId, networkAcls, ...rest } = properties;
  const registered = isRegistered(vault);
  return {
    id,
    name,
    type: `${namespace}/vaults`,
    location,
    tags,
    systemData,
    properties: {
      sku,
      tenantId: tenantId ?? context.tenantId,
      ...(networkAcls !== undefined && { networkAcls }),
      ...rest,
      // With a slash once the name is registered.
      vaultUri: `https://${name}.${context.cloud.suffixes.keyVault}${registered ? '/' : ''}`,
      provisioningState: registered ? 'Succeeded' : 'RegisteringDns',
    },
  };
}

function showDeleted({
  vault,
  deletionDate,
  scheduledPurgeDate,
}: DeletedVault): JsonObject & { name: string } {
  const { id, name, location, tags, properties } = vault;
  const subscription = id.split('/').slice(0, 3).join('/');
  return {
    id: `${subscription}/providers/${namespace}/locations/${location}/deletedVaults/${name}`,
    name,
    type: `${namespace}/deletedVaults`,
    properties: {
      vaultId: id,
      location,
      tags,
      deletionDate: wholeSeconds(deletionDate),
      scheduledPurgeDate: wholeSeconds(scheduledPurgeDate),
      ...(properties.enablePurgeProtection && { purgeProtectionEnabled: true }),
    },
  };
}

/** Key Vault always links to a next page, which is empty. */
function page(request: ArmRequest, items: readonly { name: string }[]): Reply {
  const last = items.at(-1);
  // Without vaults, Resource Manager answers without Key Vault.
  if (!last) return json(200, { value: [] });
  if (request.query.has('$skiptoken')) return json(200, { value: [] }, serviceVersion);
  const { origin, pathname } = request.request.url;
  const skipToken = Buffer.from(last.name).toString('base64');
  const parameter = request.id.type === 'deletedVaults' ? '%24skiptoken' : '$skiptoken';
  const nextLink = `${origin}${pathname}?api-version=${request.apiVersion}&${parameter}=${encodeURIComponent(skipToken)}`;
  return json(200, { value: items, nextLink }, serviceVersion);
}

function isRegistered(vault: Vault): boolean {
  return vault.registeredAt <= Date.now();
}

function isInGroup(vault: Vault, resourceGroup: string | undefined): boolean {
  return resourceGroup === undefined || sameId(vault.resourceGroup, resourceGroup);
}

function isRetention(days: unknown): days is number {
  return Number.isInteger(days) && (days as number) >= 7 && (days as number) <= 90;
}

/** @see https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates */
function isValidName(name: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/.test(name) && !name.includes('--');
}

function requireValidName(name: string): void {
  if (!isValidName(name)) throw new ArmError(400, 'VaultNameNotValid', badName(name));
}

function badName(name: string): string {
  return `The vault name '${name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens. Follow this link for more information: https://go.microsoft.com/fwlink/?linkid=2147742`;
}

function alreadyExists(name: string): ArmError {
  return new ArmError(
    409,
    'VaultAlreadyExists',
    `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same name was recently deleted but not purged after being placed in a recoverable state. If the vault is in a recoverable state then the vault will need to be purged before reusing the name. For more information about VaultAlreadyExists, soft delete and purging a vault follow this link https://go.microsoft.com/fwlink/?linkid=2147740.`,
  );
}

function isSoftDeleted(): ArmError {
  return new ArmError(
    409,
    'ConflictError',
    'A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.',
  );
}

function badRequest(message: string): ArmError {
  return new ArmError(400, 'BadRequest', message);
}

function propertiesIn(body: JsonObject): JsonObject {
  const { properties } = body;
  if (isObject(properties)) return properties;
  if (properties === undefined) return {};
  throw badRequest('The property "properties" must be an object.');
}

function skuIn(sku: unknown): { family: string; name: string } {
  const name = isObject(sku) ? String(sku.name).toLowerCase() : undefined;
  if (name !== 'standard' && name !== 'premium') {
    throw badRequest('The SKU of a vault is "standard" or "premium".');
  }
  return { family: 'A', name };
}

function isPermissions(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.every(each => typeof each === 'string'));
}

function policiesIn(sent: unknown): readonly AccessPolicy[] {
  const isPolicy = (policy: unknown): policy is AccessPolicy =>
    isObject(policy) &&
    typeof policy.objectId === 'string' &&
    typeof policy.tenantId === 'string' &&
    isObject(policy.permissions) &&
    Object.values(policy.permissions).every(isPermissions);
  if (sent === undefined || sent === null) return [];
  if (Array.isArray(sent) && sent.every(isPolicy)) return sent;
  throw badRequest('An access policy needs tenantId, objectId and permissions.');
}

/** ACLs that allow everything are not returned. Others get the missing rules. */
function networkAclsIn(sent: unknown): unknown {
  if (!isObject(sent)) return undefined;
  const { bypass = 'AzureServices', defaultAction = 'Allow', ipRules = [], virtualNetworkRules = [] } = sent;
  const open = bypass === 'AzureServices' && defaultAction === 'Allow';
  if (open && isEmpty(ipRules) && isEmpty(virtualNetworkRules)) return undefined;
  return { bypass, defaultAction, ipRules, virtualNetworkRules };
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function changedBy({ caller }: ArmRequest): Readonly<Record<string, unknown>> {
  return systemData(caller, new Date().toISOString());
}

function createdBy({
  createdBy,
  createdByType,
  createdAt,
}: Vault['systemData']): Readonly<Record<string, unknown>> {
  return { createdBy, createdByType, createdAt };
}

/** As in operation results: `2026-11-23 12:00:00Z`. */
function withBlank(date: Date): string {
  return wholeSeconds(date).replace('T', ' ');
}

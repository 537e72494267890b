import { randomUUID } from 'node:crypto';
import { object, tagsOf, text } from '../arm/body.ts';
import { ArmError } from '../arm/errors.ts';
import type { Poll } from '../arm/operations.ts';
import type { ArmRequest, Handler, Resource, ResourceProvider } from '../arm/provider.ts';
import { sameId } from '../arm/resource-id.ts';
import { systemData } from '../arm/system-data.ts';
import { isObject, type JsonObject } from '../http/json.ts';
import { json, type Reply } from '../http/service.ts';
import { grant } from './access.ts';
import type { BlobStore } from './blobs.ts';
import type { BuildSwitch } from './build-switch.ts';
import type { RegistryContext } from './context.ts';
import { loginServerOf, type Registries, Registry, type Sku } from './registries.ts';
import { type DockerBuild, type PushPermission, Run } from './runs.ts';

const namespace = 'Microsoft.ContainerRegistry';

/** @see https://learn.microsoft.com/rest/api/container-registry/ */
export function createProvider(
  context: RegistryContext,
  registries: Registries,
  blobs: BlobStore,
  builds: BuildSwitch,
): ResourceProvider {
  const find = (request: ArmRequest): Registry => registries.find(request.id.names[0]!)!;

  const put: Handler = async request => {
    const name = request.id.names[0]!;
    if (!isValidName(name)) throw new ArmError(400, 'InvalidResourceName', invalidName(name));
    const existing = registries.find(name);
    if (existing && !sameId(existing.id, request.id.text)) throw alreadyInUse(existing);
    if (existing) return reply(request, 200, change(existing, request));
    const registry = new Registry({
      id: request.id.text,
      name,
      resourceGroup: request.id.resourceGroup!,
      location: text(request.body.location)!,
      suffix: context.cloud.suffixes.registry,
    });
    change(registry, request);
    registries.add(registry);
    const operation = request.operations.start({
      takes: 'registry create',
      finish: () => {
        registry.provisioningState = 'Succeeded';
      },
    });
    // As recorded in 2026: no operation, and a late answer.
    if (request.apiVersion >= '2026-01-01') {
      await operation.done;
      return reply(request, 200, registry);
    }
    const collection = `${registry.id}/operationStatuses`;
    const poll: Poll = ({ status }, address) => ({
      status: 200,
      body: { status: status === 'InProgress' ? 'Creating' : status },
      headers: { 'azure-asyncoperation': address, ...versionHeader(request) },
    });
    return reply(
      request,
      201,
      registry,
      request.operations.asyncOperation(
        operation,
        collection,
        request.apiVersion,
        poll,
        `registries-${operation.id}`,
      ),
    );
  };

  const remove = (registry: Registry): void => {
    for (const run of registry.runs.values()) run.cancel();
    blobs.removeContainer(registry.container);
    registries.remove(registry);
  };

  const scheduleRun: Handler = request => {
    const registry = find(request);
    refuseWithoutTasks(registry);
    const build = dockerBuildIn(request.body);
    const pushPermission = (repository: string) => pushPermissionOf(registry, request, repository);
    const run = new Run(registry, build, request.operations, blobs, builds, pushPermission);
    registry.runs.set(run.id, run);
    return json(200, showQueuedRun(registry, run));
  };

  const refuseWithoutTasks = (registry: Registry): void => {
    if (builds.allowed) return;
    throw new ArmError(
      400,
      'TasksOperationsNotAllowed',
      `ACR Tasks requests for the registry ${registry.name} and ${context.subscriptionId} are not permitted. Please file an Azure support request at http://aka.ms/azuresupport for assistance.`,
      { further: { target: 'request' } },
    );
  };

  /**
   * With roles for the whole registry, a build can push. With roles per repository, it has the permissions of the
   * request's identity: none, or the caller's.
   */
  const pushPermissionOf = (
    registry: Registry,
    { body, caller }: ArmRequest,
    repository: string,
  ): PushPermission => {
    if (registry.roleAssignmentMode === 'LegacyRegistryPermissions') return 'yes';
    const { identity } = object(object(body.credentials).sourceRegistry);
    if (identity !== '[caller]') return 'no credential';
    const { actions } = grant(context, registry, caller.objectId, `repository:${repository}:pull,push`);
    return actions.includes('push') ? 'yes' : 'denied';
  };

  const findRun = (request: ArmRequest): { registry: Registry; run: Run } => {
    const registry = find(request);
    const run = registry.runs.get(request.id.names[1]!);
    if (!run) throw new ArmError(404, 'RunNotFound', `The run ${request.id.names[1]} could not be found.`);
    return { registry, run };
  };

  return {
    namespace,
    resourceTypes: [
      {
        name: 'registries',
        tracked: true,
        list: request => {
          const { resourceGroup } = request.id;
          const here = registries
            .all()
            .filter(registry => !resourceGroup || sameId(registry.resourceGroup, resourceGroup));
          return json(
            200,
            { value: here.map(registry => show(registry, request.apiVersion)) },
            versionHeader(request),
          );
        },
        get: request => reply(request, 200, find(request)),
        put,
        patch: request => reply(request, 200, change(find(request), request)),
        delete: request => {
          remove(find(request));
          return { status: 200, headers: versionHeader(request) };
        },
        actions: {
          listBuildSourceUploadUrl: request => {
            const relativePath = `source/${timestamp(new Date())}/${randomUUID().replaceAll('-', '')}.tar.gz`;
            const uploadUrl = blobs.signedUrl(`${find(request).container}/${relativePath}`, 'write');
            return json(200, { uploadUrl, relativePath });
          },
          scheduleRun,
        },
      },
      {
        name: 'registries/listUsages',
        list: request => json(200, { value: usages(find(request)) }, versionHeader(request)),
      },
      { name: 'registries/replications', list: () => json(200, { value: [] }) },
      {
        name: 'registries/runs',
        list: request => {
          const registry = find(request);
          const runs = [...registry.runs.values()].reverse().filter(runFilter(request));
          const top = Number(request.query.get('$top') ?? runs.length);
          return json(200, { value: runs.slice(0, top).map(run => showRun(registry, run)) });
        },
        get: request => {
          const { registry, run } = findRun(request);
          return json(200, showRun(registry, run));
        },
        actions: {
          cancel: request => {
            findRun(request).run.cancel();
            return { status: 200 };
          },
          listLogSasUrl: request =>
            json(200, { logLink: blobs.signedUrl(findRun(request).run.logPath, 'read') }),
        },
      },
      {
        name: '',
        actions: {
          checkNameAvailability: ({ body }) => {
            const name = text(body.name) ?? '';
            if (!isValidName(name)) {
              return json(200, { nameAvailable: false, reason: 'Invalid', message: invalidName(name) });
            }
            return json(
              200,
              registries.find(name)
                ? {
                    nameAvailable: false,
                    reason: 'AlreadyExists',
                    message: `The registry ${name} is already in use.`,
                  }
                : {
                    availableLoginServerName: loginServerOf(name, context.cloud.suffixes.registry),
                    nameAvailable: true,
                  },
            );
          },
        },
      },
    ],
    resources: () => registries.all().map(registry => show(registry)),
    remove: resource => {
      const registry = registries.find(resource.name);
      if (registry) remove(registry);
    },
  };
}

/** Missing members do not change. */
function change(registry: Registry, request: ArmRequest): Registry {
  const { sku, properties } = request.body;
  if (sku !== undefined) registry.sku = skuIn(sku);
  if (request.body.tags !== undefined) registry.tags = tagsOf(request.body);
  if (isObject(properties)) {
    const { adminUserEnabled, anonymousPullEnabled, roleAssignmentMode, policies } = properties;
    if (typeof adminUserEnabled === 'boolean') registry.adminUserEnabled = adminUserEnabled;
    if (typeof anonymousPullEnabled === 'boolean') {
      if (anonymousPullEnabled && registry.sku === 'Basic') {
        throw badRequest('Anonymous pull is available in the SKUs Standard and Premium only.');
      }
      registry.anonymousPullEnabled = anonymousPullEnabled;
    }
    if (
      roleAssignmentMode === 'AbacRepositoryPermissions' ||
      roleAssignmentMode === 'LegacyRegistryPermissions'
    ) {
      registry.roleAssignmentMode = roleAssignmentMode;
    }
    const armTokens = isObject(policies) && policies.azureADAuthenticationAsArmPolicy;
    if (isObject(armTokens)) registry.armTokens = armTokens.status === 'disabled' ? 'disabled' : 'enabled';
  }
  registry.systemData = { ...changedBy(request), ...creation(registry.systemData) };
  return registry;
}

function reply(
  request: ArmRequest,
  status: number,
  registry: Registry,
  headers: Record<string, string> = {},
): Reply {
  return json(status, show(registry, request.apiVersion), { ...versionHeader(request), ...headers });
}

function versionHeader({ apiVersion }: ArmRequest): Record<string, string> {
  return { 'api-supported-versions': apiVersion };
}

/** Later API versions have more members, and some are only in previews. */
function show(registry: Registry, apiVersion = ''): Resource {
  const { id, name, location, tags, sku, systemData } = registry;
  const premium = sku === 'Premium';
  const since = (version: string) => apiVersion >= version;
  const preview = (version: string) => apiVersion.endsWith('-preview') && since(version);
  const lastUpdatedTime = `${registry.creationDate.toISOString().slice(0, -1)}+00:00`;
  return {
    sku: { name: sku, tier: sku },
    type: `${namespace}/registries`,
    id,
    name,
    location,
    tags,
    systemData,
    properties: {
      loginServer: registry.loginServer,
      creationDate: registry.creationDate.toISOString(),
      provisioningState: registry.provisioningState,
      adminUserEnabled: registry.adminUserEnabled,
      ...(premium && { networkRuleSet: { defaultAction: 'Allow', virtualNetworkRules: [], ipRules: [] } }),
      policies: {
        quarantinePolicy: { status: 'disabled' },
        trustPolicy: { type: 'Notary', status: 'disabled' },
        retentionPolicy: { days: 7, lastUpdatedTime, status: 'disabled' },
        exportPolicy: { status: 'enabled' },
        ...(since('2021-09-01') && { azureADAuthenticationAsArmPolicy: { status: registry.armTokens } }),
        ...(preview('2021-09-01') && {
          softDeletePolicy: { retentionDays: 7, lastUpdatedTime, status: 'disabled' },
        }),
      },
      encryption: { status: 'disabled' },
      dataEndpointEnabled: false,
      ...(preview('2026-01-01') && { regionalEndpoints: 'Disabled' }),
      dataEndpointHostNames: [],
      ...(preview('2026-01-01') && { regionalEndpointHostNames: [], endpointProtocol: 'IPv4' }),
      privateEndpointConnections: [],
      publicNetworkAccess: 'Enabled',
      networkRuleBypassOptions: 'AzureServices',
      ...(preview('2026-01-01') && { networkRuleBypassAllowedForTasks: false }),
      zoneRedundancy: 'Disabled',
      anonymousPullEnabled: registry.anonymousPullEnabled,
      ...(preview('2021-09-01') && { metadataSearch: 'Disabled' }),
      ...(since('2021-09-01') && { roleAssignmentMode: registry.roleAssignmentMode }),
      ...(preview('2021-09-01') && { autoGeneratedDomainNameLabelScope: 'Unsecure' }),
      ...(preview('2026-09-01') && { writableCacheRepos: 'Disabled' }),
    },
  };
}

/** Bytes: https://learn.microsoft.com/azure/container-registry/container-registry-skus */
const includedStorage: Readonly<Record<Sku, number>> = {
  Basic: 10 * 1024 ** 3,
  Standard: 100 * 1024 ** 3,
  Premium: 500 * 1024 ** 3,
};

function usages({ sku, images }: Registry): unknown[] {
  const currentValue = images.all().reduce((sum, { size }) => sum + size, 0);
  const webhooks = { Basic: 2, Standard: 10, Premium: 500 }[sku];
  return [
    { name: 'Size', limit: includedStorage[sku], currentValue, unit: 'Bytes' },
    { name: 'Webhooks', limit: webhooks, currentValue: 0, unit: 'Count' },
  ];
}

/** `scheduleRun` leaves out the agent's data. */
function showQueuedRun(registry: Registry, run: Run): JsonObject {
  const { runId, status, lastUpdatedTime, provisioningState, isArchiveEnabled } = runProperties(run);
  return runResource(registry, run, { runId, status, lastUpdatedTime, provisioningState, isArchiveEnabled });
}

function showRun(registry: Registry, run: Run): JsonObject {
  return runResource(registry, run, runProperties(run));
}

function runResource({ id, systemData }: Registry, run: Run, properties: JsonObject): JsonObject {
  const { lastModifiedBy, lastModifiedByType } = systemData;
  return {
    type: `${namespace}/registries/runs`,
    properties,
    id: `${id}/runs/${run.id}`,
    name: run.id,
    systemData: { lastModifiedBy, lastModifiedByType, lastModifiedAt: run.lastUpdatedTime.toISOString() },
  };
}

function runProperties(run: Run): JsonObject {
  return {
    runId: run.id,
    status: run.status,
    lastUpdatedTime: run.lastUpdatedTime.toISOString(),
    runType: 'QuickRun',
    createTime: run.createTime.toISOString(),
    startTime: run.startTime?.toISOString(),
    finishTime: run.finishTime?.toISOString(),
    ...(run.outputImages.length > 0 && { outputImages: run.outputImages }),
    platform: run.build.platform,
    agentConfiguration: { cpu: 2 },
    runErrorMessage: run.errorMessage,
    // Even if the run failed.
    provisioningState: 'Succeeded',
    isArchiveEnabled: false,
  };
}

/** As az sends it: `Status eq 'x'` and `contains(OutputImageManifests, 'repo@digest')`, joined by `and`. */
function runFilter({ query }: ArmRequest): (run: Run) => boolean {
  const conditions = (query.get('$filter') ?? '').split(/ and /i).filter(Boolean).map(runCondition);
  return run => conditions.every(holds => holds(run));
}

function runCondition(text: string): (run: Run) => boolean {
  const [, name = '', value = ''] =
    /^\s*(\w+) eq '([^']*)'\s*$/i.exec(text) ?? /^\s*contains\((\w+), *'([^']*)'\)\s*$/i.exec(text) ?? [];
  switch (name.toLowerCase()) {
    case 'status':
      return run => run.status.toLowerCase() === value.toLowerCase();
    case 'runid':
      return run => run.id === value;
    // Quick builds have no task.
    case 'taskname':
      return () => false;
    case 'outputimagemanifests':
      return run => run.outputImages.some(({ repository, digest }) => `${repository}@${digest}` === value);
    default:
      throw badRequest(`The filter '${text}' is not one that runs can be listed by.`);
  }
}

/** @throws ArmError 400 unless an uploaded context is built */
function dockerBuildIn(body: JsonObject): DockerBuild {
  if (body.type !== 'DockerBuildRequest') {
    throw badRequest(
      `The emulator supports only runs of type "DockerBuildRequest", not "${String(body.type)}".`,
    );
  }
  const { sourceLocation, dockerFilePath, imageNames, platform } = body;
  if (typeof sourceLocation !== 'string' || typeof dockerFilePath !== 'string') {
    throw badRequest('A DockerBuildRequest needs sourceLocation and dockerFilePath.');
  }
  const { os, architecture } = object(platform);
  if (os !== undefined && String(os).toLowerCase() !== 'linux') {
    throw badRequest('The emulator builds images only for Linux.');
  }
  const given = Array.isArray(body.arguments) ? body.arguments.filter(isObject) : [];
  return {
    imageNames: Array.isArray(imageNames) ? imageNames.map(String) : [],
    isPushEnabled: body.isPushEnabled === true,
    sourceLocation,
    dockerFilePath,
    arguments: new Map(given.map(argument => [String(argument.name), String(argument.value)])),
    platform: { os: 'linux', architecture: text(architecture) ?? 'amd64' },
  };
}

function skuIn(sku: unknown): Sku {
  const name = isObject(sku) ? String(sku.name).toLowerCase() : '';
  const found = (['Basic', 'Standard', 'Premium'] as const).find(known => known.toLowerCase() === name);
  if (!found) throw badRequest("The SKU of a registry is one of 'Basic', 'Standard', 'Premium'.");
  return found;
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerregistry */
function isValidName(name: string): boolean {
  return /^[a-zA-Z0-9]{5,50}$/.test(name);
}

function invalidName(name: string): string {
  return `The registry name ${name} is invalid. A registry name has 5 to 50 alphanumeric characters.`;
}

function alreadyInUse({ loginServer }: Registry): ArmError {
  return new ArmError(
    409,
    'AlreadyInUse',
    `The registry DNS name ${loginServer} is already in use. You can check if the name is already claimed using following API: https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability`,
  );
}

function badRequest(message: string): ArmError {
  return new ArmError(400, 'BadRequest', message);
}

function changedBy({ caller }: ArmRequest): Readonly<Record<string, unknown>> {
  return systemData(caller, `${new Date().toISOString().slice(0, -1)}+00:00`);
}

function creation({
  createdBy,
  createdByType,
  createdAt,
}: Registry['systemData']): Readonly<Record<string, unknown>> {
  return createdBy === undefined ? {} : { createdBy, createdByType, createdAt };
}

/** In the paths of uploads: `202611231530`. */
function timestamp(date: Date): string {
  return date.toISOString().replace(/\D/g, '').slice(0, 12);
}

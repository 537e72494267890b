import { createHash } from 'node:crypto';
import type { JsonObject } from '../http/json.ts';
import { json, type Reply } from '../http/service.ts';
import { locationOf, tagsOf, text } from './body.ts';
import type { ArmContext } from './context.ts';
import { ArmError, resourceGroupNotFound } from './errors.ts';
import { parseFilter, tagsMatch } from './filter.ts';
import type { Operations } from './operations.ts';
import type { ResourceProvider } from './provider.ts';
import { IdMap, isWithin } from './resource-id.ts';

export interface ResourceGroup {
  /** In the spelling of the creation. */
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly managedBy?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly provisioningState: 'Succeeded' | 'Deleting';
}

export class ResourceGroups {
  readonly #context: ArmContext;
  readonly #operations: Operations;
  readonly #providers: readonly ResourceProvider[];
  readonly #groups = new IdMap<ResourceGroup>();
  readonly #deletions = new IdMap<Record<string, string>>();

  /** @param providers can grow later */
  constructor(context: ArmContext, operations: Operations, providers: readonly ResourceProvider[]) {
    this.#context = context;
    this.#operations = operations;
    this.#providers = providers;
  }

  find(name: string): ResourceGroup | undefined {
    return this.#groups.get(name);
  }

  all(): ResourceGroup[] {
    return this.#groups.values();
  }

  /** @throws ArmError 404 */
  get(name: string): ResourceGroup {
    const group = this.find(name);
    if (!group) throw resourceGroupNotFound(name);
    return group;
  }

  /** Unlike `put`, without checks. */
  create(group: {
    name: string;
    location: string;
    tags?: Record<string, string>;
    managedBy?: string;
  }): ResourceGroup {
    const existing = this.find(group.name);
    const name = existing?.name ?? group.name;
    const id = `/subscriptions/${this.#context.subscriptionId}/resourceGroups/${name}`;
    return this.#groups.set(name, { tags: {}, provisioningState: 'Succeeded', ...group, name, id });
  }

  /** 201 for a new group, 200 for an existing one. */
  put(name: string, body: JsonObject): Reply {
    checkName(name);
    const location = locationOf(this.#context.cloud, body, 'Microsoft.Resources/resourceGroups');
    const existing = this.find(name);
    if (existing) {
      this.#rejectWhileDeleting(existing);
      if (existing.location !== location) {
        throw new ArmError(
          409,
          'InvalidResourceGroupLocation',
          `Invalid resource group location '${location}'. The Resource group already exists in location '${existing.location}'.`,
        );
      }
    }
    const managedBy = text(body.managedBy) ?? existing?.managedBy;
    const group = this.create({ name, location, tags: tagsOf(body), ...(managedBy && { managedBy }) });
    return json(existing ? 200 : 201, groupBody(group));
  }

  patch(name: string, body: JsonObject): Reply {
    const group = this.get(name);
    this.#rejectWhileDeleting(group);
    return json(
      200,
      groupBody(this.create({ ...group, tags: 'tags' in body ? tagsOf(body) : { ...group.tags } })),
    );
  }

  exists(name: string): Reply {
    this.get(name);
    return { status: 204 };
  }

  show(name: string): Reply {
    return json(200, groupBody(this.get(name)));
  }

  /** @param filter `tagName eq 'a' and tagValue eq 'b'` */
  list(filter: string | null, visible: (group: ResourceGroup) => boolean): Reply {
    const wanted = parseFilter(filter, ['tagName', 'tagValue']);
    const value = this.all().filter(group => visible(group) && tagsMatch(group.tags, wanted));
    return json(200, { value: value.map(groupBody) });
  }

  /** A second request joins the running deletion. */
  delete(name: string, apiVersion: string): Reply {
    const group = this.get(name);
    const running = this.#deletions.get(name);
    if (running) return { status: 202, headers: running };
    this.#groups.set(name, { ...group, provisioningState: 'Deleting' });
    const operation = this.#operations.start({
      takes: 'group delete',
      work: () => this.#empty(group),
      finish: ({ status }) => {
        this.#deletions.delete(name);
        if (status === 'Succeeded') this.#drop(group);
        else this.#groups.set(name, group);
      },
    });
    const collection = `/subscriptions/${this.#context.subscriptionId}/operationresults`;
    const headers = this.#operations.location(operation, collection, apiVersion, undefined, jobOf(group));
    this.#deletions.set(name, headers);
    return { status: 202, headers };
  }

  async remove(group: ResourceGroup): Promise<void> {
    await this.#empty(group);
    this.#drop(group);
  }

  async #empty({ id }: ResourceGroup): Promise<void> {
    const removals = this.#providers.flatMap(provider =>
      provider
        .resources()
        .filter(resource => isWithin(resource.id, id))
        .map(resource => provider.remove(resource)),
    );
    await Promise.all(removals);
  }

  #drop({ id, name }: ResourceGroup): void {
    this.#groups.delete(name);
    this.#context.authorization.removeBelow(id);
  }

  #rejectWhileDeleting(group: ResourceGroup): void {
    if (group.provisioningState === 'Deleting') throw beingDeleted(group.name);
  }
}

/**
 * As captured: Base64 of job name and location. The job name is the group's in capitals, with other characters as
 * `:2D`. A long name is cut and gets a hash.
 */
function jobOf({ name, location }: ResourceGroup): string {
  const sign = (character: string) => `:${character.charCodeAt(0).toString(16).toUpperCase()}`;
  const whole = name.toUpperCase().replace(/[^A-Z\d]/g, sign);
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 16).toUpperCase();
  const short = whole.length > 64 ? `${whole.slice(0, 47)}|${hash}` : whole;
  const jobId = `RESOURCEGROUPDELETIONJOB-${short}-${location.toUpperCase()}`;
  return Buffer.from(JSON.stringify({ jobId, jobLocation: location })).toString('base64url');
}

export function beingDeleted(name: string): ArmError {
  return new ArmError(
    409,
    'ResourceGroupBeingDeleted',
    `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
  );
}

function groupBody({ id, name, location, managedBy, tags, provisioningState }: ResourceGroup): object {
  return {
    id,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location,
    managedBy,
    tags,
    properties: { provisioningState },
  };
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources */
function checkName(name: string): void {
  const invalid = name.replace(/[\p{L}\p{N}._()-]/gu, '');
  if (invalid === '' && name.length <= 90 && !name.endsWith('.')) return;
  throw new ArmError(
    400,
    'InvalidResourceGroup',
    `The provided resource group name '${name}' has these invalid characters: '${invalid}'. The name can only be a letter, digit, '-', '.', '(', ')' or '_'.`,
  );
}

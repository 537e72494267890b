import { type Az, findResource } from './az.ts';
import { CommandFailed } from './command-errors.ts';
import type { InputParser } from './inputs.ts';
import { type Log, log as realLog } from './log.ts';
import { locationName, resourceGroupName, tagName, tagValue } from './naming-rules.ts';
import { labTagsProblem, MANAGED_BY, type Tags, tagOf } from './ownership.ts';
import type { RequiredPermission } from './preflight.ts';
import { quote } from './quote.ts';
import { alreadyThere, created, type Done } from './report.ts';

/** Tags that prove which lab a resource belongs to, and when it expires. The input `tags` is not allowed to set them. */
const OWN_TAGS = ['managed-by', 'repository', 'run', 'expires-on'];

export interface ResourceGroup {
  name: string;
  location: string;
  /** For the group and for each resource in it. */
  tags: Tags;
}

/** @param environment contains the repository and the run for the tags */
export function resourceGroupInputs(
  input: InputParser,
  environment: NodeJS.ProcessEnv,
  now = new Date(),
): ResourceGroup {
  const hours = input.integer('expires-in-hours', { default: 24, min: 1, max: 8760 });
  const tags = input.keyValues('tags', { key: tagName, value: tagValue });
  for (const problem of tagProblems(tags)) input.problem(problem);
  return {
    name: input.required('resource-group', resourceGroupName),
    location: input.optional('location', locationName, 'eastus'),
    tags: {
      ...defaultTags(environment, hours, now),
      ...tags,
    },
  };
}

function tagProblems(tags: Tags): string[] {
  const names = Object.keys(tags);
  return names.flatMap((name, index) => {
    const same = (other: string) => other.toLowerCase() === name.toLowerCase();
    if (OWN_TAGS.some(same))
      return `tags sets ${quote(name)}, which is reserved: the lab uses ${OWN_TAGS.join(', ')} to know what it is allowed to delete. Azure ignores the case of tag names. Remove this line${same('expires-on') ? ', and set expires-in-hours instead' : ''}`;
    const earlier = names.slice(0, index).find(same);
    return earlier === undefined
      ? []
      : `tags sets ${quote(earlier)} and ${quote(name)}. Azure ignores the case of tag names. Remove one of them`;
  });
}

/** Tags by which a sweep finds what a run left behind. */
export function defaultTags(environment: NodeJS.ProcessEnv, hours: number, now: Date): Tags {
  const {
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: run,
    GITHUB_RUN_ATTEMPT: attempt = '1',
  } = environment;
  return {
    'managed-by': MANAGED_BY,
    ...(repository && { repository }),
    ...(run && { run: `${run}-${attempt}` }),
    'expires-on': new Date(now.getTime() + hours * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}

export function tagArguments(tags: Tags): string[] {
  return ['--tags', ...Object.entries(tags).map(([key, value]) => `${key}=${value}`)];
}

/**
 * As {@link tagArguments}, for commands that az generates from Azure's specifications, such as `az identity create`. They
 * read `a.b=c` as member `b` of `a`, and `a=` as an error. JSON they read as it is.
 */
export function generatedTagArguments(tags: Tags): string[] {
  const isPlain = Object.entries(tags).every(([key, value]) => /^[\w-]+$/.test(key) && value !== '');
  // az searches the argument for `=@` before the command reads the JSON.
  return isPlain ? tagArguments(tags) : ['--tags', JSON.stringify(tags).replaceAll('@', '\\u0040')];
}

interface Tagged {
  id: string;
  tags?: Tags | null;
}

/** An existing group keeps its location and tags. Only the expiry of a lab's group is renewed. */
export async function ensureResourceGroup(az: Az, group: ResourceGroup, log: Log = realLog): Promise<Done> {
  const { name, location, tags } = group;
  const found = await findResource<Tagged>(az, ['group', 'show', '--name', name]);
  if (!found) {
    await az(['group', 'create', '--name', name, '--location', location, ...tagArguments(tags)]);
    return created(undefined);
  }
  if (isSameLab(found, group)) await renew(az, found, group, log);
  return alreadyThere(undefined);
}

/**
 * Renews the time of a lab that a later run uses again, so that no sweep deletes it under that run. In a lab's group the
 * group's tag counts for everything in it; elsewhere, the resource's own. The time is never shortened, and nothing that
 * another owner tagged is changed.
 * @param existing the resource that this run uses again
 */
export async function renewExpiry(
  az: Az,
  group: ResourceGroup,
  existing: Tagged,
  log: Log = realLog,
): Promise<void> {
  if (!isSameLab(existing, group)) return;
  const found = await findResource<Tagged>(az, ['group', 'show', '--name', group.name]);
  await renew(az, found && isSameLab(found, group) ? found : existing, group, log);
}

function isSameLab({ tags }: Tagged, group: ResourceGroup): boolean {
  return labTagsProblem(tags, tagOf(group.tags, 'repository') ?? '') === undefined;
}

async function renew(az: Az, { id, tags }: Tagged, group: ResourceGroup, log: Log): Promise<void> {
  const wanted = tagOf(group.tags, 'expires-on') ?? '';
  const current = expiryTime(tagOf(tags, 'expires-on'));
  // The sweep ignores a resource without a valid time.
  if (Number.isNaN(current) || current >= expiryTime(wanted)) return;
  try {
    // Azure merges the tags itself, so that tags written at the same moment stay.
    await az([
      ...['tag', 'update', '--resource-id', id, '--operation', 'merge', '--tags', `expires-on=${wanted}`],
    ]);
    log.info(`${id} now expires on ${wanted}.`);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    log.warning(
      `The tag expires-on of ${id} could not be changed from ${quote(tagOf(tags, 'expires-on') ?? '')} to ${quote(wanted)}: ${error.message.split('\n')[0]}\nA sweep deletes the resource after the earlier time.\nWhat to do: assign the role Tag Contributor on the resource, or run: az tag update --resource-id ${id} --operation merge --tags expires-on=${wanted}`,
    );
  }
}

/** The time in a tag expires-on, in milliseconds since the epoch; NaN if it is invalid. */
export function expiryTime(text: string | undefined): number {
  // A date without a time is the beginning of that day in UTC.
  return /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text ?? '')
    ? Date.parse(text ?? '')
    : Number.NaN;
}

export const CREATE_GROUP: RequiredPermission = {
  action: 'Microsoft.Resources/subscriptions/resourceGroups/write',
  resourceGroup: '',
  remedy: 'Contributor',
};

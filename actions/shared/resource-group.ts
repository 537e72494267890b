import { type Az, lookUp } from './az.ts';
import type { InputParser } from './inputs.ts';
import { locationName, resourceGroupName, tagName, tagValue } from './names.ts';
import type { Right } from './preflight.ts';
import { alreadyThere, created, type Done } from './report.ts';

/** The value of the tag `managed-by` on everything the lab makes; delete-lab deletes nothing without it. */
export const MANAGED_BY = 'workload-identity-lab';

export type Tags = Readonly<Record<string, string>>;

export interface ResourceGroup {
  name: string;
  location: string;
  /** For the group and for each resource in it. */
  tags: Tags;
}

/**
 * Reads the inputs that every creating action has: `resource-group`, `location`, `tags`, `expires-in-hours`.
 * @param environment gives the repository and the run for the tags.
 */
export function resourceGroupInputs(
  input: InputParser,
  environment: NodeJS.ProcessEnv,
  now = new Date(),
): ResourceGroup {
  const hours = input.integer('expires-in-hours', { whenEmpty: 24, least: 1, most: 8760 });
  return {
    name: input.required('resource-group', resourceGroupName),
    location: input.optional('location', locationName, 'eastus'),
    tags: {
      ...defaultTags(environment, hours, now),
      ...input.keyValues('tags', { key: tagName, value: tagValue }),
    },
  };
}

/** The tags by which a sweeper finds what a run left behind: whose it is, of which run, and from when it may go. */
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

/** Arguments of `az … create` for these tags. */
export function tagArguments(tags: Tags): string[] {
  return ['--tags', ...Object.entries(tags).map(([key, value]) => `${key}=${value}`)];
}

/**
 * As {@link tagArguments}, for commands that az generates from Azure's specifications, such as `az identity create`. They
 * read `a.b=c` as member `b` of `a`, and `a=` as an error. JSON they read as it is.
 */
export function generatedTagArguments(tags: Tags): string[] {
  const isPlain = Object.entries(tags).every(([key, value]) => /^[\w-]+$/.test(key) && value !== '');
  // az looks for `=@` in the argument's text before the command reads the JSON.
  return isPlain ? tagArguments(tags) : ['--tags', JSON.stringify(tags).replaceAll('@', '\\u0040')];
}

/** Makes the resource group, unless it is there; one that is there keeps its location and its tags. */
export async function ensureResourceGroup(az: Az, { name, location, tags }: ResourceGroup): Promise<Done> {
  if (await lookUp(az, ['group', 'show', '--name', name])) return alreadyThere(undefined);
  await az(['group', 'create', '--name', name, '--location', location, ...tagArguments(tags)]);
  return created(undefined);
}

/** What making a resource group needs. */
export const MAKE_GROUP: Right = {
  action: 'Microsoft.Resources/subscriptions/resourceGroups/write',
  resourceGroup: '',
  remedy: 'Contributor',
};

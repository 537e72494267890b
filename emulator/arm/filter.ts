import { ArmError } from './errors.ts';

/**
 * @param known in any case; keys of the result
 * @throws ArmError 400 for anything but equalities: `resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'kv'`
 */
export function parseFilter<Name extends string>(
  filter: string | null,
  known: readonly Name[],
): Partial<Record<Name, string>> {
  const wanted: Partial<Record<Name, string>> = {};
  if (!filter) return wanted;
  let rest = filter.trim();
  while (rest !== '') {
    const match = /^(\w+)\s+eq\s+'((?:[^']|'')*)'\s*(?:and\s+(?=\S)|$)/i.exec(rest);
    const name = known.find(each => each.toLowerCase() === match?.[1]?.toLowerCase());
    if (!match || name === undefined) {
      throw new ArmError(
        400,
        'InvalidFilterInQueryString',
        `Invalid $filter '${filter}' specified in the query string.`,
      );
    }
    wanted[name] = match[2]!.replaceAll("''", "'");
    rest = rest.slice(match[0].length);
  }
  return wanted;
}

/**
 * Names ignore case, values do not.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#tag-usage-and-recommendations
 */
export function tagsMatch(
  tags: Readonly<Record<string, string>> | undefined,
  { tagName, tagValue }: { tagName?: string; tagValue?: string },
): boolean {
  if (tagName === undefined) return true;
  const tag = Object.entries(tags ?? {}).find(([name]) => name.toLowerCase() === tagName.toLowerCase());
  return tag !== undefined && (tagValue === undefined || tag[1] === tagValue);
}

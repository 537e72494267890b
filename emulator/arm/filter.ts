import { ArmError } from './errors.ts';

/**
 * Takes a `$filter` of equalities apart: `resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'kv'`.
 * @param filter the query parameter; nothing where it is missing
 * @param known the names that may be compared; they are matched in any case
 * @returns what each name must equal, keyed as in `known`; quotes inside a value are undoubled
 * @throws ArmError 400 where the filter is anything else
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
 * Tells whether tags satisfy a filter on `tagName` and `tagValue`. Names ignore case, values do not.
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

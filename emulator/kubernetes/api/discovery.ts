import type { Fields } from './fields.ts';
import { apiVersionOf, resources } from './resources.ts';

/** `/api` */
export const apiVersions: Fields = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '' }],
};

/** `/apis` */
export function apiGroups(): Fields {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames().map(described) };
}

/** `/apis/GROUP` */
export function apiGroup(name: string): Fields | undefined {
  return groupNames().includes(name) ? { kind: 'APIGroup', apiVersion: 'v1', ...described(name) } : undefined;
}

/** `/api/v1` and `/apis/GROUP/VERSION` */
export function apiResources(groupVersion: string): Fields | undefined {
  const found = resources.filter(each => apiVersionOf(each) === groupVersion);
  if (found.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    ...(groupVersion !== 'v1' && { apiVersion: 'v1' }),
    groupVersion,
    resources: found.flatMap(
      ({ plural, kind, namespaced, verbs, shortNames, categories, subresources = [] }) => [
        {
          name: plural,
          singularName: kind.toLowerCase(),
          namespaced,
          kind,
          verbs,
          ...(shortNames && { shortNames }),
          ...(categories && { categories }),
        },
        ...subresources.map(each => ({
          name: `${plural}/${each.name}`,
          singularName: '',
          namespaced,
          ...(each.kind &&
            apiVersionOf(each.kind) !== groupVersion && {
              group: each.kind.group,
              version: each.kind.version,
            }),
          kind: each.kind?.kind ?? kind,
          verbs: each.verbs,
        })),
      ],
    ),
  };
}

function groupNames(): string[] {
  return [...new Set(resources.map(({ group }) => group).filter(Boolean))];
}

function described(name: string): Fields {
  const versions = resources.filter(({ group }) => group === name).map(({ version }) => version);
  const each = [...new Set(versions)].map(version => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: each, preferredVersion: each[0] };
}

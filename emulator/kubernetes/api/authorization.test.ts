import { describe, expect, test } from 'vitest';
import { type Attributes, Authorizer, denial } from './authorization.ts';

const authorizer = new Authorizer([
  {
    subject: 'reader',
    namespace: 'n',
    rules: [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['s'] }],
  },
  {
    subject: 'writers',
    rules: [{ verbs: ['*'], apiGroups: ['apps'], resources: ['*/scale', 'deployments'] }],
  },
  { subject: 'reader', rules: [{ verbs: ['get'], nonResourceURLs: ['/metrics', '/debug/*'] }] },
]);
const user = { name: 'reader', groups: ['writers'] };
const secret: Attributes = { verb: 'get', group: '', resource: 'secrets', namespace: 'n', name: 's' };
const deployment: Attributes = {
  verb: 'patch',
  group: 'apps',
  resource: 'deployments',
  namespace: 'n',
  name: 'd',
};

test.each<[string, Attributes, boolean]>([
  ['a granted request', secret, true],
  ['another name', { ...secret, name: 't' }, false],
  ['all names', { ...secret, verb: 'list', name: '' }, false],
  ['another verb', { ...secret, verb: 'delete' }, false],
  ['another namespace', { ...secret, namespace: 'm' }, false],
  ['a subresource', { ...secret, subresource: 'status' }, false],
  ['a request that is granted to a group', deployment, true],
  ['another group of the API', { ...deployment, group: '' }, false],
  ['the granted subresource', { ...deployment, subresource: 'scale' }, true],
  ['another subresource', { ...deployment, subresource: 'status' }, false],
  ['a path', { verb: 'get', path: '/metrics' }, true],
  ['a path below', { verb: 'get', path: '/debug/x/y' }, true],
  ['a longer path', { verb: 'get', path: '/metrics/x' }, false],
  ['a path with a different verb', { verb: 'post', path: '/metrics' }, false],
])('%s', (_, asked, allowed) => expect(authorizer.allows(user, asked)).toBe(allowed));

test('another user has none of these permissions', () => {
  expect(authorizer.allows({ name: 'somebody', groups: [] }, secret)).toBe(false);
});

describe('a denial', () => {
  test.each<[Attributes, string]>([
    [secret, 'User "reader" cannot get resource "secrets" in API group "" in the namespace "n"'],
    [
      { verb: 'list', group: '', resource: 'nodes' },
      'User "reader" cannot list resource "nodes" in API group "" at the cluster scope',
    ],
    [
      { ...deployment, subresource: 'scale' },
      'User "reader" cannot patch resource "deployments/scale" in API group "apps" in the namespace "n"',
    ],
    [{ verb: 'get', path: '/x' }, 'User "reader" cannot get path "/x"'],
  ])('of %j has the text of kube-apiserver', (asked, text) => expect(denial(user, asked)).toBe(text));
});

import { expect, test } from 'vitest';
import { Router, route } from './router.ts';

const echo = (path: string) => path;

const routes = [
  route('GET', '/secrets', 'Get Secrets', (_: string) => 'list'),
  route('GET', '/secrets/:name', 'Get Secret', (_: string, { name }) => `get ${name}`),
  route('PUT', '/secrets/:name', 'Set Secret', (_: string, { name }) => `set ${name}`),
  route('GET', '/runs/:id(\\d+(?:-\\d+)?)', 'Get Run', (_: string, { id }) => `run ${id}`),
  route('GET', '/v2/:repository+/tags/list', 'List Tags', (_: string, { repository }) => repository),
  route('GET', '/v2/:repository+/manifests/:reference', 'Get Manifest', (_: string, parameters) =>
    Object.values(parameters).join('@'),
  ),
  route('GET', '/files/a.b', 'Get File', echo),
];
const router = new Router(routes);
const answer = (method: string, path: string) => {
  const { route: found, parameters } = router.match(method, path);
  return found?.handler('', parameters);
};

test.each([
  ['GET', '/secrets', 'list'],
  ['GET', '/secrets/db', 'get db'],
  ['PUT', '/secrets/db', 'set db'],
  ['GET', '/secrets/%2F', 'get %2F'],
  ['GET', '/runs/12-3', 'run 12-3'],
  ['GET', '/v2/team/app/tags/list', 'team/app'],
  ['GET', '/v2/team/app/manifests/v1', 'team/app@v1'],
])('%s %s is answered by the handler of its route', (method, path, expected) => {
  expect(answer(method, path)).toBe(expected);
});

test.each([
  '/',
  '/secrets/',
  '/secrets//',
  '/secrets/a/b',
  '/SECRETS',
  '/runs/x',
  '/runs/1/2',
  '/v2/tags/list/x',
  '/files/aXb',
])('finds no route for the path %s', path => {
  expect(router.match('GET', path)).toEqual({ parameters: {}, allowed: [] });
});

test('reports the methods of a path for another method', () => {
  expect(router.match('DELETE', '/secrets/db')).toEqual({ parameters: {}, allowed: ['GET', 'PUT'] });
});

test('ignores the case of literal segments on request, and keeps the spelling of parameters', () => {
  const ignoring = new Router(routes, { ignoreCase: true });
  expect(ignoring.match('GET', '/Secrets/Db')).toMatchObject({
    route: { name: 'Get Secret' },
    parameters: { name: 'Db' },
  });
});

test('prefers the route that is declared first', () => {
  const both = new Router([
    route('GET', '/uploads/:id', 'specific', echo),
    route('GET', '/:any+', 'general', echo),
  ]);
  expect(both.match('GET', '/uploads/1').route?.name).toBe('specific');
  expect(both.match('GET', '/other/1').route?.name).toBe('general');
});

test('rejects a pattern whose parenthesis is not closed', () => {
  expect(() => new Router([route('GET', '/runs/:id(\\d+', 'Get Run', echo)])).toThrow(SyntaxError);
});

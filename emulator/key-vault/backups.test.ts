import { beforeEach, expect, test, vi } from 'vitest';
import type { ServicePrincipal } from '../entra/directory.ts';
import { TestVaults } from '../testing/test-vaults.ts';

const vaults = await TestVaults.create();
let vault: string;
let as: ServicePrincipal;

beforeEach(async () => {
  vault = await vaults.createVault();
  as = vaults.arm.addPrincipal('officer');
  vaults.arm.assignRole(as, 'Key Vault Secrets Officer', vaults.arm.subscription);
});

const set = (value: string, more: object = {}) =>
  vaults.call(vault, 'PUT', '/secrets/S', { as, body: { value, ...more } });
const backup = async () =>
  (await vaults.call(vault, 'POST', '/secrets/S/backup', { as })).body.value as string;
const restore = (to: string, value: unknown) =>
  vaults.call(to, 'POST', '/secrets/restore', { as, body: { value } });

test('restores every version unchanged in another vault, also a disabled one', async () => {
  const first = await set('one', { tags: { a: 'b' }, contentType: 'text/plain' });
  const second = await set('two', { attributes: { enabled: false } });
  const blob = await backup();
  expect(blob).toMatch(/^[\w-]+$/);
  expect(Buffer.from(blob, 'base64url').toString('latin1')).not.toContain('one');

  const other = await vaults.createVault();
  const there = (id: string) => id.replace(vault, other);
  const restored = await restore(other, blob);
  expect(restored.status).toBe(200);
  const { value: _, ...shown } = second.body;
  expect(restored.body).toEqual({ ...shown, id: there(second.body.id) });
  const versions = await vaults.call(other, 'GET', '/secrets/S/versions', { as });
  expect(versions.body.value.map(({ id }: { id: string }) => id)).toEqual(
    [second, first].map(({ body }) => there(body.id)),
  );
  const read = await vaults.call(other, 'GET', new URL(first.body.id).pathname, { as });
  expect(read.body).toEqual({ ...first.body, id: there(first.body.id) });
});

test('changes after a restore do not affect the original', async () => {
  await set('one');
  const blob = await backup();
  const [one, two] = [await vaults.createVault(), await vaults.createVault()];
  for (const to of [one, two]) await restore(to, blob);
  await vaults.call(one, 'PATCH', '/secrets/S', { as, body: { tags: { a: 'b' } } });
  expect((await vaults.call(two, 'GET', '/secrets/S', { as })).body.tags).toBeUndefined();
});

test('fails with a conflict if a secret with the name exists or is deleted', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const { body } = await set('one');
  const blob = await backup();
  const pass = () => vi.setSystemTime(Date.now() + 1000);
  for (const method of ['', 'DELETE /secrets/S']) {
    if (method !== '') await vaults.call(vault, 'DELETE', '/secrets/S', { as });
    pass();
    const refused = await restore(vault, blob);
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'Conflict' } } });
    expect(refused.body.error.message).toContain(`There was a conflict restoring the secret '${body.id}'.`);
  }
  await vaults.call(vault, 'DELETE', '/deletedsecrets/S', { as });
  expect((await restore(vault, blob)).status).toBe(409);
  pass();
  expect((await restore(vault, blob)).status).toBe(200);
  vi.useRealTimers();
});

test('rejects an invalid backup, and cannot back up a missing secret', async () => {
  const damaged = Buffer.from(await set('one').then(backup), 'base64url');
  damaged[40]! ^= 1;
  for (const wrong of [damaged.toString('base64url'), '', 'AAAA', 7, undefined]) {
    const refused = await restore(vault, wrong);
    expect(refused.status).toBe(400);
    expect(refused.body.error).toEqual({
      code: 'BadParameter',
      message: 'Backup blob contains invalid or corrupt version.',
    });
  }
  expect((await vaults.call(vault, 'POST', '/secrets/Nope/backup', { as })).status).toBe(404);
});

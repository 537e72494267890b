import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRequester } from '../testing/kubernetes/test-api-server.ts';
import { startTestCluster, type TestCluster } from '../testing/kubernetes/test-cluster.ts';

let fixture: TestCluster;
beforeAll(async () => {
  fixture = await startTestCluster({ isPrivate: true });
});
afterAll(async () => {
  await fixture.stop();
  // An unreachable API server would be in the log.
  expect(fixture.log).toEqual([]);
});

const tokenOf = (iss: string) =>
  ['{"alg":"RS256"}', JSON.stringify({ iss }), 'x']
    .map(part => Buffer.from(part).toString('base64url'))
    .join('.');
const ask = (token: string) => createRequester(fixture.cluster.api, token)('GET', '/version');

describe('the API server of a private cluster', () => {
  it('does not answer outside its network, not even administrators', async () => {
    expect(await fixture.ask('GET', '/version')).toMatchObject({
      code: 502,
      text: 'dial tcp 10.224.0.5:443: i/o timeout\n',
    });
    for (const token of ['', 'nonsense', tokenOf('https://sts.windows.net/tenant/')]) {
      expect((await ask(token)).code, token).toBe(502);
    }
  });

  it('answers its own components, and tokens of its issuer', async () => {
    expect((await ask(tokenOf('https://eastus.oic.prod-aks.azure.com/tenant/guid/'))).code).toBe(401);
    const api = vi.spyOn(fixture.cluster, 'api');
    // The node and the webhook's configuration exist only if kubelet and add-on reach the API server.
    await vi.waitFor(() => expect(api.mock.calls.length).toBeGreaterThan(5), { timeout: 50_000 });
    const answers = await Promise.all(api.mock.results.map(({ value }) => value));
    expect(answers.map(({ status }) => status)).not.toContain(502);
  });
});

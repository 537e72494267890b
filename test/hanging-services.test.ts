import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chain } from './support/chain.ts';

// A server that accepts connections and never answers, like a broken load balancer or a half-open
// tunnel.

let chain: Chain;
let server: Server;
let kubeconfig: string;

beforeAll(async () => {
  chain = await Chain.start();
  server = createServer(socket => socket.on('error', () => {}));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  kubeconfig = join(chain.directory, 'hanging.kubeconfig');
  const cluster = { name: 'hanging', cluster: { server: `http://127.0.0.1:${port}` } };
  const user = { name: 'user', user: { token: 'none' } };
  const context = { name: 'hanging', context: { cluster: 'hanging', user: 'user' } };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'hanging' },
      ...{ clusters: [cluster], users: [user], contexts: [context] },
    }),
    { mode: 0o600 },
  );
});
afterAll(async () => {
  server?.close();
  await chain?.stop();
});

test('a step ends if the API server never answers, with the command that waited', async () => {
  const ended = await chain.run('diagnose-workload', {
    ...{ kubeconfig, namespace: 'default', 'retry-minutes': '0' },
  });
  expect(ended.exitCode).toBe(1);
  expect(ended.output).toMatch(
    /^::error::diagnose-workload: `kubectl --kubeconfig \S+ --request-timeout 60s get pods .*` did not end within 2 min 00 s and was stopped\./m,
  );
});

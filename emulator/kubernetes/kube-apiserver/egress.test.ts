import { request } from 'node:https';
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../http/service.ts';
import { CertificateAuthority, type Credentials } from '../../pki/certificate-authority.ts';
import { startEgress } from './egress.ts';

let authority: CertificateAuthority;
let apiserver: Credentials;
let egress: Awaited<ReturnType<typeof startEgress>>;

beforeEach(async () => {
  authority = await CertificateAuthority.create();
  apiserver = authority.issue('kube-apiserver', { addresses: ['127.0.0.1'] });
  const kubelet = authority.issue('kubelet', { addresses: ['10.224.0.4'] });
  egress = await startEgress({
    authority: authority.certificate,
    credentials: authority.issue('egress', { addresses: ['127.0.0.1'] }),
    find: target =>
      target === '10.224.0.4:10250'
        ? { service: ({ url }) => json(200, url.href), credentials: kubelet, apiServerOnly: true }
        : undefined,
    log: () => {},
  });
});
afterEach(() => egress.close());

/** Requests a tunnel. @returns the status, and the socket */
function tunnel(target: string, shown?: Credentials): Promise<[number, Socket]> {
  const { hostname, port } = new URL(egress.url);
  return new Promise((resolve, reject) => {
    request({
      ...{ method: 'CONNECT', hostname, port, path: target, ca: authority.certificate },
      ...(shown && { cert: shown.certificate, key: shown.key }),
    })
      .once('connect', (response, socket) => resolve([response.statusCode ?? 0, socket]))
      .once('error', reject)
      .end();
  });
}

/** Response of the kubelet through the tunnel, or the error. */
async function ask(socket: Socket, shown?: Credentials): Promise<string> {
  const tls: TLSSocket = connect({
    ...{ socket, ca: authority.certificate, host: '10.224.0.4' },
    ...(shown && { cert: shown.certificate, key: shown.key }),
  });
  tls.write('GET /containerLogs HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n');
  let text = '';
  for await (const chunk of tls) text += chunk;
  return text;
}

describe('the egress proxy', () => {
  it('connects the API server to the endpoint of an address', async () => {
    const [status, socket] = await tunnel('10.224.0.4:10250', apiserver);
    expect(status).toBe(200);
    expect(await ask(socket, apiserver)).toMatch(/200 OK[\s\S]*10\.224\.0\.4:10250\/containerLogs/);
  });

  it('rejects other addresses', async () => {
    const [status, socket] = await tunnel('10.224.0.5:10250', apiserver);
    socket.destroy();
    expect(status).toBe(502);
  });

  it('rejects clients without a certificate of this cluster', async () => {
    const other = (await CertificateAuthority.create()).issue('kube-apiserver', {});
    await expect(tunnel('10.224.0.4:10250')).rejects.toThrow();
    await expect(tunnel('10.224.0.4:10250', other)).rejects.toThrow();
  });

  it('connects to a kubelet, which requires the certificate too', async () => {
    const [, socket] = await tunnel('10.224.0.4:10250', apiserver);
    await expect(ask(socket)).rejects.toThrow(/certificate required/);
  });
});

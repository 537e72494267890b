import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JSONWebKeySet } from 'jose';
import { Agent, fetch } from 'undici';
import { stringify } from 'yaml';
import type { Network } from '../../network.ts';
import { CertificateAuthority, type Credentials } from '../../pki/certificate-authority.ts';
import type { User } from '../api/server.ts';
import { ApiClient } from '../client.ts';
import type { ControlPlane, ControlPlaneOptions, StartControlPlane } from '../control-plane.ts';
import type { KubernetesObject } from '../objects.ts';
import { type Binaries, checkVersions } from './binaries.ts';
import { type Endpoint, startEgress } from './egress.ts';
import { rbacObjects, serviceObject } from './initial-objects.ts';
import { Processes } from './processes.ts';
import { reverseProxy } from './reverse-proxy.ts';

/** Milliseconds to wait for the programs. A busy machine needs most of a minute. */
const startTimeout = 180_000;

/** Milliseconds between attempts. */
const interval = 100;

interface Service extends KubernetesObject {
  spec: { clusterIP: string };
}

/** A control plane of real programs: etcd, kube-apiserver, and kube-controller-manager on loopback. */
export function kubeApiserverControlPlane(binaries: Binaries): StartControlPlane {
  return async options => {
    const { directory, log } = options;
    await checkVersions(binaries);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const processes = new Processes(directory, log);
    const closing: (() => Promise<unknown>)[] = [() => processes.stop()];
    const stop = async () => {
      for (const close of closing.toReversed()) await close();
      await rm(directory, { recursive: true, force: true });
    };
    try {
      const started = await start(binaries, options, processes, closing);
      return { ...started, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  };
}

async function start(
  binaries: Binaries,
  options: ControlPlaneOptions,
  processes: Processes,
  closing: (() => Promise<unknown>)[],
): Promise<Omit<ControlPlane, 'stop'>> {
  const { fqdn, services, kubelet, kubeletAddress, grants, log } = options;
  const authority = await CertificateAuthority.create();
  const loopback = ['127.0.0.1'];
  const files = new Files(options.directory);
  const [etcdPort = 0, port = 0] = await freePorts(2);

  // By address in the cluster. Services get their address from the API server below.
  const endpoints = new Map<string, Endpoint>([
    [
      `${kubeletAddress.host}:${kubeletAddress.port}`,
      {
        service: kubelet.endpoint,
        apiServerOnly: true,
        credentials: authority.issue('kubelet', { addresses: [kubeletAddress.host] }),
      },
    ],
  ]);
  const egress = await startEgress({
    authority: authority.certificate,
    credentials: authority.issue('egress', { addresses: loopback }),
    find: target => endpoints.get(target),
    log,
  });
  closing.push(() => egress.close());

  const ca = await files.write('ca.pem', authority.certificate);
  const etcd = await files.credentials('etcd', authority.issue('etcd', { addresses: loopback }));
  const apiserver = await files.credentials(
    'kube-apiserver',
    authority.issue('kube-apiserver', { hosts: [fqdn], addresses: loopback }),
  );
  const signingKey = await files.write('service-account.key', newSigningKey());
  const token = masterToken(options.tokens);
  const users = new Map<string, User>(options.tokens);
  const controllerToken = crypto.randomUUID();
  users.set(controllerToken, { name: 'system:kube-controller-manager', groups: [] });

  processes.start('etcd', binaries.etcd, [
    `--data-dir=${join(options.directory, 'etcd')}`,
    `--listen-client-urls=https://127.0.0.1:${etcdPort}`,
    `--advertise-client-urls=https://127.0.0.1:${etcdPort}`,
    // etcd requires the address also without peers.
    '--listen-peer-urls=https://127.0.0.1:0',
    '--initial-advertise-peer-urls=https://127.0.0.1:2380',
    '--initial-cluster=default=https://127.0.0.1:2380',
    ...['', 'peer-'].flatMap(side => [
      `--${side}client-cert-auth`,
      `--${side}cert-file=${etcd.certificate}`,
      `--${side}key-file=${etcd.key}`,
      `--${side}trusted-ca-file=${ca}`,
    ]),
    '--enable-grpc-gateway=false',
    // The data is temporary.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ]);
  processes.start('kube-apiserver', binaries['kube-apiserver'], [
    `--etcd-servers=https://127.0.0.1:${etcdPort}`,
    `--etcd-cafile=${ca}`,
    `--etcd-certfile=${apiserver.certificate}`,
    `--etcd-keyfile=${apiserver.key}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--advertise-address=127.0.0.1',
    // Nothing in the cluster could reach that address.
    '--endpoint-reconciler-type=none',
    `--external-hostname=${fqdn}`,
    `--tls-cert-file=${apiserver.certificate}`,
    `--tls-private-key-file=${apiserver.key}`,
    '--anonymous-auth=false',
    `--token-auth-file=${await files.write('tokens.csv', tokenFile(users))}`,
    '--authorization-mode=Node,RBAC',
    // In addition to the default plugins, such as ServiceAccount and MutatingAdmissionWebhook.
    '--enable-admission-plugins=NodeRestriction',
    '--service-cluster-ip-range=10.0.0.0/16',
    `--service-account-issuer=${options.issuer}`,
    `--service-account-jwks-uri=${options.issuer}openid/v1/jwks`,
    `--service-account-key-file=${signingKey}`,
    `--service-account-signing-key-file=${signingKey}`,
    `--egress-selector-config-file=${await files.write('egress.yaml', egressSelector(egress.url, ca, apiserver))}`,
    '--kubelet-preferred-address-types=InternalIP',
    `--kubelet-certificate-authority=${ca}`,
    `--kubelet-client-certificate=${apiserver.certificate}`,
    `--kubelet-client-key=${apiserver.key}`,
    '--allow-privileged',
    '--profiling=false',
  ]);

  const upstream = reverseProxy(`https://127.0.0.1:${port}`, fqdn, authority.certificate);
  closing.push(() => upstream.close());
  const agent = new Agent({ connect: { ca: authority.certificate } });
  closing.push(() => agent.destroy());
  const origin = `https://127.0.0.1:${port}`;
  const direct: Pick<Network, 'fetch'> = { fetch: (url, init) => fetch(url, { ...init, dispatcher: agent }) };
  const api = new ApiClient(direct, origin, token, 'aks');
  /** For non-JSON responses. @throws Error for every response other than 2xx */
  const read = async (path: string): Promise<string> => {
    const response = await direct.fetch(`${origin}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`GET ${path} returned ${response.status}: ${text}`);
    return text;
  };
  const settled = <T>(what: string, ask: () => Promise<T>) =>
    Promise.race([processes.ended, untilAnswered(what, ask)]);

  // Ready means that the default roles exist.
  await settled('kube-apiserver', () => read('/readyz'));
  processes.start('kube-controller-manager', binaries['kube-controller-manager'], [
    `--kubeconfig=${await files.write('controllers.kubeconfig', controllersKubeconfig(port, ca, controllerToken))}`,
    // Each controller has a service account, whose roles the API server creates.
    '--use-service-account-credentials',
    `--service-account-private-key-file=${signingKey}`,
    `--root-ca-file=${await files.write('root-ca.pem', options.caCertificate)}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--profiling=false',
  ]);
  for (const grant of grants) {
    for (const [path, object] of rbacObjects(grant)) await api.ensure(path, object);
  }
  for (const [host, service] of services) {
    const [name = '', namespace = ''] = host.split('.');
    const created = await api.create<Service>(
      `/api/v1/namespaces/${namespace}/services`,
      serviceObject(name),
    );
    const credentials = authority.issue(name, { hosts: [host] });
    endpoints.set(`${created.spec.clusterIP}:443`, { service, credentials, apiServerOnly: false });
  }
  // The controllers create these first. Without them, no pod is admitted.
  await settled('kube-controller-manager', () =>
    Promise.all([
      api.get('/api/v1/namespaces/default/serviceaccounts/default'),
      api.get('/api/v1/namespaces/default/configmaps/kube-root-ca.crt'),
    ]),
  );
  const jwks: JSONWebKeySet = JSON.parse(await read('/openid/v1/jwks'));
  return { service: upstream.service, jwks, serviceAuthority: authority.certificate, runsControllers: true };
}

/** @throws Error with the last failure after the timeout */
async function untilAnswered<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + startTimeout;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(`${what} does not answer after ${startTimeout / 1000} s: ${error}`);
      await delay(interval);
    }
  }
}

/** Free ports. If another process takes one first, the program ends with an error. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map(server => once(server, 'listening')));
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(server => once(server.close(), 'close')));
  return ports;
}

function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function masterToken(tokens: ReadonlyMap<string, User>): string {
  for (const [token, { groups }] of tokens) if (groups.includes('system:masters')) return token;
  throw new Error('No token belongs to the group system:masters.');
}

/** @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file */
function tokenFile(users: ReadonlyMap<string, User>): string {
  return [...users].map(([token, { name, groups }]) => `${token},${name},,"${groups.join(',')}"\n`).join('');
}

function egressSelector(url: string, ca: string, client: Paths): string {
  const tlsConfig = { caBundle: ca, clientCert: client.certificate, clientKey: client.key };
  const connection = { proxyProtocol: 'HTTPConnect', transport: { tcp: { url, tlsConfig } } };
  return stringify({
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [{ name: 'cluster', connection }],
  });
}

function controllersKubeconfig(port: number, ca: string, token: string): string {
  const name = 'kube-controller-manager';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { 'certificate-authority': ca, server: `https://127.0.0.1:${port}` } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}

/** Paths of a certificate and its key. */
type Paths = Readonly<Record<keyof Credentials, string>>;

class Files {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async write(name: string, content: string): Promise<string> {
    const path = join(this.#directory, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }

  async credentials(name: string, { certificate, key }: Credentials): Promise<Paths> {
    return {
      certificate: await this.write(`${name}.pem`, certificate),
      key: await this.write(`${name}.key`, key),
    };
  }
}

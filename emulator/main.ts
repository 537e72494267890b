import { parseArgs } from 'node:util';
import { type AzureCloud, azureClouds } from './azure-clouds.ts';
import { type EmulatorOptions, startEmulator } from './emulator.ts';
import { idTokenLifetime } from './github/github.ts';
import { requireBinaries } from './kubernetes/kube-apiserver/binaries.ts';
import { kubeApiserverControlPlane } from './kubernetes/kube-apiserver/start.ts';
import { type WebhookVersion, webhookVersions } from './kubernetes/webhook/mutate-pod.ts';
import { type LatencyProfile, latencyProfiles } from './latency.ts';

const usage = `Usage: node emulator/main.ts [options]

  --port NUMBER             TCP port on 127.0.0.1 (default: a free one)
  --state-dir DIR           private directory of the emulator (default: .lab/emulator)
  --cloud NAME              ${Object.keys(azureClouds).join(' or ')} (default: AzureCloud)
  --latency PROFILE         ${Object.keys(latencyProfiles).join(' or ')} (default: fast)
  --github-subject SUBJECT  subject of GitHub's ID tokens that can sign in as the deployer; repeatable
  --github-token-seconds N  lifetime of GitHub's ID tokens (default: 300, as GitHub's)
  --kubernetes KIND         API server of clusters: embedded or kube-apiserver (default: embedded)
  --kubernetes-binaries DIR directory of etcd, kube-apiserver, and kube-controller-manager; repeatable, the first
                            directory that has a program is used (default: KUBEBUILDER_ASSETS, then .lab/kube-apiserver)
  --webhook-version VERSION workload identity webhook: ${webhookVersions.join(' or ')} (default: 1.5.1)
  --exit-with-parent        stop when standard input closes
  --help                    print this text

When it is ready, the emulator prints one line of JSON to standard output. It logs to standard error.
Exit codes: 0 stopped, 1 failed to start, 2 invalid arguments.
`;

interface Options extends EmulatorOptions {
  readonly exitWithParent: boolean;
  /** Of a real control plane; `undefined` for the embedded one. */
  readonly binaries: readonly string[] | undefined;
}

/** @throws Error if an argument is invalid */
function parse(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '0' },
      'state-dir': { type: 'string', default: '.lab/emulator' },
      cloud: { type: 'string', default: 'AzureCloud' },
      latency: { type: 'string', default: 'fast' },
      'github-subject': { type: 'string', multiple: true, default: [] },
      'github-token-seconds': { type: 'string', default: String(idTokenLifetime) },
      kubernetes: { type: 'string', default: 'embedded' },
      'kubernetes-binaries': { type: 'string', multiple: true },
      'webhook-version': { type: 'string', default: '1.5.1' },
      'exit-with-parent': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw invalid('--port', values.port, 'a number from 0 to 65535');
  }
  if (!isCloud(values.cloud)) throw invalid('--cloud', values.cloud, Object.keys(azureClouds).join(' or '));
  if (!isProfile(values.latency)) {
    throw invalid('--latency', values.latency, Object.keys(latencyProfiles).join(' or '));
  }
  const githubTokenSeconds = Number(values['github-token-seconds']);
  if (!(githubTokenSeconds > 0) || !Number.isFinite(githubTokenSeconds)) {
    throw invalid('--github-token-seconds', values['github-token-seconds'], 'a number above 0');
  }
  const { kubernetes } = values;
  if (kubernetes !== 'embedded' && kubernetes !== 'kube-apiserver') {
    throw invalid('--kubernetes', kubernetes, 'embedded or kube-apiserver');
  }
  const webhookVersion = values['webhook-version'];
  if (!isWebhookVersion(webhookVersion)) {
    throw invalid('--webhook-version', webhookVersion, webhookVersions.join(' or '));
  }
  return {
    port,
    stateDir: values['state-dir'],
    cloud: values.cloud,
    latency: values.latency,
    githubSubjects: values['github-subject'],
    githubTokenSeconds,
    webhookVersion,
    exitWithParent: values['exit-with-parent'],
    binaries: kubernetes === 'embedded' ? undefined : (values['kubernetes-binaries'] ?? defaultBinaries()),
  };
}

function invalid(option: string, value: string, valid: string): Error {
  return new Error(`${option} is ${JSON.stringify(value)}. Pass ${valid}.`);
}

function defaultBinaries(): string[] {
  const assets = process.env.KUBEBUILDER_ASSETS;
  return [...(assets ? [assets] : []), '.lab/kube-apiserver'];
}

function isCloud(name: string): name is AzureCloud['name'] {
  return Object.hasOwn(azureClouds, name);
}

function isProfile(name: string): name is LatencyProfile {
  return Object.hasOwn(latencyProfiles, name);
}

function isWebhookVersion(version: string): version is WebhookVersion {
  return (webhookVersions as readonly string[]).includes(version);
}

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

async function run({ exitWithParent, binaries, ...options }: Options): Promise<void> {
  // One part must not stop the others.
  process.on('unhandledRejection', reason => {
    log(`unhandled error: ${reason instanceof Error ? reason.stack : reason}`);
  });
  const emulator = await startEmulator({
    ...options,
    ...(binaries && { startControlPlane: kubeApiserverControlPlane(requireBinaries(binaries)) }),
    log,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void emulator.close());
  if (exitWithParent) process.stdin.resume().on('close', () => void emulator.close());

  const { proxyUrl, caFile, control, tenantId, subscriptionId, deployer, user } = emulator;
  const ready = { proxyUrl, caFile, control, tenantId, subscriptionId, deployer, user };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  await emulator.closed;
  // An open standard input would keep the process alive.
  process.exit(0);
}

let options: Options;
try {
  options = parse(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : error}\nRun: node emulator/main.ts --help\n`,
  );
  process.exit(2);
}
try {
  await run(options);
} catch (error) {
  process.stderr.write(`The emulator cannot start: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

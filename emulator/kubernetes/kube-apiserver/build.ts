import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { onPath } from '../../child-processes.ts';
import { findBinaries, missingPrograms, type Program } from './binaries.ts';

/** Packages of the programs. go.mod and go.sum pin their versions and contents. */
const packages: Readonly<Record<Program, string>> = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
};

/** Milliseconds between progress lines. */
const interval = 5000;

/**
 * Builds the programs that neither KUBEBUILDER_ASSETS nor the directory has, from the Go module proxy. Parallel runs
 * are safe: each moves complete files into place.
 */
async function main(directory: string): Promise<void> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  const places = [...(assets ? [resolve(assets)] : []), directory];
  const found = findBinaries(places);
  if ('missing' in found) {
    if (onPath('go') === undefined) {
      throw new Error(
        `${missingPrograms(found.missing, places)} Go is not on PATH to build them.\nInstall Go 1.25 or newer (https://go.dev/dl), or set KUBEBUILDER_ASSETS to a directory that has the programs.`,
      );
    }
    console.log(`Building ${found.missing.join(', ')} into ${directory}. This takes several minutes.`);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const buildDirectory = mkdtempSync(join(directory, '.build-'));
    try {
      for (const program of found.missing) await build(program, join(buildDirectory, program), directory);
    } finally {
      rmSync(buildDirectory, { recursive: true, force: true });
    }
  }
  const binaries = findBinaries(places);
  for (const [program, path] of Object.entries(binaries)) console.log(`${program}  ${path}`);
}

async function build(program: Program, output: string, directory: string): Promise<void> {
  const started = Date.now();
  const version = /k8s\.io\/kubernetes v(\S+)/.exec(
    readFileSync(join(import.meta.dirname, 'go.mod'), 'utf8'),
  )![1]!;
  const [major, minor] = version.split('.');
  // As in Kubernetes' own build.
  const stamp = Object.entries({
    gitVersion: `v${version}`,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
  })
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
  const child = spawn(
    'go',
    // Two at a time: one package can take a gigabyte of memory.
    [
      ...['build', '-v', '-p', '2', '-mod=readonly', '-trimpath'],
      `-ldflags=-s -w ${stamp}`,
      '-o',
      output,
      packages[program],
    ],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'inherit', 'pipe'],
    },
  );
  const messages: string[] = [];
  let [compiled, reportedAt] = [0, started];
  createInterface({ input: child.stderr }).on('line', line => {
    if (/^[\w.-]+(\/\S*)?$/.test(line)) compiled++;
    else messages.push(line);
    if (Date.now() - reportedAt < interval) return;
    reportedAt = Date.now();
    console.log(
      `${program}: ${compiled} packages compiled, ${Math.round((reportedAt - started) / 1000)} s (${line})`,
    );
  });
  const code = await new Promise((settle, reject) => child.once('error', reject).once('close', settle));
  if (code !== 0) throw new Error(`"go build" failed for ${program}:\n${messages.slice(-20).join('\n')}`);
  chmodSync(output, 0o755);
  renameSync(output, join(directory, program));
  console.log(`${program}: built in ${Math.round((Date.now() - started) / 1000)} s`);
}

try {
  await main(resolve(process.argv[2] ?? '.lab/kube-apiserver'));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Binaries, checkVersions, findBinaries, programs, requireBinaries } from './binaries.ts';

let assets: string;
let built: string;

beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), 'binaries-'));
  [assets, built] = [join(directory, 'assets'), join(directory, 'built')];
  for (const each of [assets, built]) mkdirSync(each);
});
afterEach(() => rmSync(join(assets, '..'), { recursive: true }));

function put(directory: string, name: string, mode = 0o755, says = ''): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\necho '${says}'\n`, { mode });
  return path;
}

describe('the programs of a control plane', () => {
  it('come from the first directory that has them', () => {
    // The assets of envtest have no controller manager.
    const [etcd, apiserver] = [put(assets, 'etcd'), put(assets, 'kube-apiserver')];
    for (const program of programs) put(built, program);
    expect(findBinaries([assets, built])).toEqual({
      etcd,
      'kube-apiserver': apiserver,
      'kube-controller-manager': join(built, 'kube-controller-manager'),
    });
  });

  it('must be executable', () => {
    put(assets, 'etcd', 0o644);
    expect(findBinaries([assets])).toEqual({ missing: [...programs] });
  });

  it('are reported if they are missing, with the fix', () => {
    put(assets, 'etcd');
    expect(() => requireBinaries([assets, built])).toThrow(
      `Programs not found: kube-apiserver, kube-controller-manager. Searched in "${assets}", "${built}".\nRun "npm run kube-apiserver"`,
    );
  });
});

describe('programs from two places', () => {
  const versions = (server: string, controllers: string): Binaries => ({
    etcd: put(assets, 'etcd'),
    'kube-apiserver': put(assets, 'kube-apiserver', 0o755, `Kubernetes ${server}`),
    'kube-controller-manager': put(built, 'kube-controller-manager', 0o755, `Kubernetes ${controllers}`),
  });

  it.each([
    ['v1.35.4', 'v1.35.0'],
    ['v1.36.1', 'v1.35.4'],
  ])('match: kube-apiserver %s, kube-controller-manager %s', async (server, controllers) => {
    await checkVersions(versions(server, controllers));
  });

  it.each([
    ['v1.34.0', 'v1.35.4'],
    ['v1.37.2', 'v1.35.4'],
  ])('do not match: kube-apiserver %s, kube-controller-manager %s', async (server, controllers) => {
    await expect(checkVersions(versions(server, controllers))).rejects.toThrow(
      /kube-controller-manager v1\.35\.4 does not match kube-apiserver/,
    );
  });

  it('must print their version', async () => {
    await expect(checkVersions(versions('of one kind or another', 'v1.35.4'))).rejects.toThrow(
      /does not print its version/,
    );
  });
});

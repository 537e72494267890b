import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { EmulatorConnection } from './emulator-process.ts';
import { createPrivateDirectory, paths } from './paths.ts';

/**
 * Only PATH comes from this machine. There is no NO_PROXY.
 * @param directory private: the only one that the tools write into
 */
export async function emulatorVariables(
  directory: string,
  tools: string,
  emulator: EmulatorConnection,
): Promise<Record<string, string>> {
  const { proxyUrl, caFile } = emulator;
  return {
    PATH: [tools, process.env.PATH ?? ''].join(delimiter),
    LANG: 'C.UTF-8',
    HOME: createPrivateDirectory(join(directory, 'home')),
    // An interrupted az leaves the packed context of a build in TMPDIR.
    TMPDIR: createPrivateDirectory(join(directory, 'tmp')),
    AZURE_CONFIG_DIR: await createAzConfig(join(directory, 'azure')),
    AZURE_CORE_COLLECT_TELEMETRY: '0',
    KUBECACHEDIR: createPrivateDirectory(join(directory, 'kube-cache')),
    HTTPS_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    // Python (az), Node, Go (kubectl), and curl.
    REQUESTS_CA_BUNDLE: caFile,
    NODE_EXTRA_CA_CERTS: caFile,
    SSL_CERT_FILE: caFile,
    CURL_CA_BUNDLE: caFile,
  };
}

// The index of commands (1.5 s, if the release has none) and the version (with a request to a host
// that the emulator rejects). Neither identifies a user.
const AZ_CACHE_FILES = ['commandIndex.json', 'versionCheck.json'];

export async function createAzConfig(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const file of AZ_CACHE_FILES) {
    const cached = join(paths.azSeed, file);
    if (existsSync(cached)) await copyFile(cached, join(directory, file));
  }
  return directory;
}

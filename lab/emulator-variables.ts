import { delimiter, join } from 'node:path';
import type { EmulatorFacts } from './emulator-process.ts';
import { makePrivate } from './paths.ts';
import { makeAzConfig } from './tools/seed.ts';

/**
 * What makes az, kubectl, Node and curl talk to the emulator, as they would to Azure, and write nowhere but in one
 * directory. No variable that could hold a credential of this machine is among it, and no NO_PROXY.
 * @param directory private
 * @param tools directory of the chosen az and kubectl
 */
export async function labEnvironment(
  directory: string,
  tools: string,
  emulator: EmulatorFacts,
): Promise<Record<string, string>> {
  const { proxyUrl, caFile } = emulator;
  return {
    PATH: [tools, process.env.PATH ?? ''].join(delimiter),
    LANG: 'C.UTF-8',
    HOME: makePrivate(join(directory, 'home')),
    // az packs the context of a build into a temporary file: one that is interrupted must not stay behind elsewhere.
    TMPDIR: makePrivate(join(directory, 'tmp')),
    AZURE_CONFIG_DIR: await makeAzConfig(join(directory, 'azure')),
    AZURE_CORE_COLLECT_TELEMETRY: '0',
    KUBECACHEDIR: makePrivate(join(directory, 'kube-cache')),
    HTTPS_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    // Each has a variable of its own: Python (az), Node, Go (kubectl), curl.
    REQUESTS_CA_BUNDLE: caFile,
    NODE_EXTRA_CA_CERTS: caFile,
    SSL_CERT_FILE: caFile,
    CURL_CA_BUNDLE: caFile,
  };
}

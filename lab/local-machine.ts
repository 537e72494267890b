import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { control, type EmulatorFacts, github } from './emulator-process.ts';
import { labEnvironment } from './environment.ts';
import { repository } from './folder.ts';
import type { Machine } from './workflow/machine.ts';

/**
 * This machine as GitHub's: the repository's commit, the variables that the set-up would have stored, and ID tokens from the
 * emulated GitHub.
 * @param tools directory of the chosen az and kubectl
 */
export async function localMachine(emulator: EmulatorFacts, tools: string): Promise<Machine> {
  return {
    repository: github.repository,
    ref: (await git('symbolic-ref', '--quiet', 'HEAD')) ?? 'refs/heads/main',
    sha: (await git('rev-parse', 'HEAD')) ?? '0'.repeat(40),
    vars: {
      AZURE_CLIENT_ID: emulator.deployer.clientId,
      AZURE_TENANT_ID: emulator.tenantId,
      AZURE_SUBSCRIPTION_ID: emulator.subscriptionId,
    },
    environment: directory => labEnvironment(directory, tools, emulator),
    idTokenRequest: async claims =>
      (await control(emulator, 'POST /control/github/id-token-requests', { claims })) as {
        url: string;
        token: string;
      },
  };
}

/** What git says; nothing where this is no repository, or git is not there. */
async function git(...args: string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)('git', args, { cwd: repository })).stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

import type { Backend } from './backend.ts';
import type { Screen } from './display/screen.ts';
import { control, type EmulatorConnection, type EmulatorSettings } from './emulator-process.ts';
import { openEmulatorSession } from './emulator-session.ts';
import { emulatorVariables } from './emulator-variables.ts';
import type { RunnerHost } from './workflow/runner-host.ts';

/**
 * Removes the remaining faults at the end.
 * @param faults see docs/emulator.md
 * @throws {MissingToolError}; Error if the emulator does not start, has other settings, or rejects
 * a fault
 */
export async function openEmulatorBackend(
  screen: Screen,
  directory: string,
  requested: Partial<EmulatorSettings>,
  repository: string,
  faults: readonly unknown[],
  signal: AbortSignal,
): Promise<Backend> {
  const session = await openEmulatorSession(screen, directory, requested, { repository, signal });
  const { emulator, wrappers } = session;
  const openHost = async () => {
    for (const fault of faults) await control(emulator, 'POST /control/faults', fault);
    return await createHost(emulator, wrappers.directory, repository);
  };
  const host = await openHost().catch(async error => {
    await session.end();
    throw error;
  });
  return {
    host,
    processes: wrappers.processes,
    async end() {
      if (faults.length > 0) await control(emulator, 'DELETE /control/faults').catch(() => {});
      await session.end();
    },
  };
}

/**
 * Provides what the setup would store in GitHub, unless the emulated GitHub has other variables.
 */
async function createHost(
  emulator: EmulatorConnection,
  tools: string,
  repository: string,
): Promise<RunnerHost> {
  const query = new URLSearchParams({ repository });
  const stored = await control(emulator, `GET /control/github/variables?${query}`);
  return {
    vars: {
      AZURE_CLIENT_ID: emulator.deployer.clientId,
      AZURE_TENANT_ID: emulator.tenantId,
      AZURE_SUBSCRIPTION_ID: emulator.subscriptionId,
      ...(stored as Record<string, string>),
    },
    counterparts: {},
    environment: directory => emulatorVariables(directory, tools, emulator),
    idTokenRequest: async claims =>
      (await control(emulator, 'POST /control/github/id-token-requests', { claims })) as {
        url: string;
        token: string;
      },
    githubToken: async permissions => {
      const granted = Object.entries(permissions).filter(
        ([scope, level]) => scope !== 'id-token' && level !== 'none',
      );
      const request = { permissions: Object.fromEntries(granted), repository };
      const { token } = (await control(emulator, 'POST /control/github/tokens', request)) as {
        token: string;
      };
      return token;
    },
  };
}

import { control, type EmulatorFacts } from './emulator-process.ts';
import { labEnvironment } from './emulator-variables.ts';
import type { Machine } from './workflow/runner-host.ts';

/**
 * This machine as GitHub's, in the emulated cloud: the variables that the set-up would have stored, or those that somebody has
 * stored in the emulated GitHub, and tokens from there.
 * @param tools directory of the chosen az and kubectl
 * @param repository that of the run: `OWNER/REPO`
 */
export async function localMachine(
  emulator: EmulatorFacts,
  tools: string,
  repository: string,
): Promise<Machine> {
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
    environment: directory => labEnvironment(directory, tools, emulator),
    idTokenRequest: async claims =>
      (await control(emulator, 'POST /control/github/id-token-requests', { claims })) as {
        url: string;
        token: string;
      },
    githubToken: async permissions => {
      const granted = Object.entries(permissions).filter(
        ([scope, level]) => scope !== 'id-token' && level !== 'none',
      );
      const asked = { permissions: Object.fromEntries(granted), repository };
      const { token } = (await control(emulator, 'POST /control/github/tokens', asked)) as { token: string };
      return token;
    },
  };
}

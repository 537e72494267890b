import { control, type EmulatorFacts } from './emulator-process.ts';
import { labEnvironment } from './environment.ts';
import type { Machine } from './workflow/machine.ts';

/**
 * This machine as GitHub's, in the emulated cloud: the variables that the set-up would have stored, and tokens from the
 * emulated GitHub.
 * @param tools directory of the chosen az and kubectl
 * @param repository that of the run: `OWNER/REPO`
 */
export function localMachine(emulator: EmulatorFacts, tools: string, repository: string): Machine {
  return {
    vars: {
      AZURE_CLIENT_ID: emulator.deployer.clientId,
      AZURE_TENANT_ID: emulator.tenantId,
      AZURE_SUBSCRIPTION_ID: emulator.subscriptionId,
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

import { join } from 'node:path';
import type { Chain, Ended } from '../../support/chain.ts';

/** Milliseconds. */
const testTimeout = 60_000;

export interface SignInIdentity {
  readonly clientId: string;
  /** With a token for the exchange at Entra. */
  readonly tokenFile: string;
}

/**
 * Of the emulator, the process has only the proxy and the CA.
 * @param deployer who created the lab, for scripts that need both
 */
export function runClient(
  chain: Chain,
  script: string,
  directory: string,
  who: SignInIdentity,
  deployer = who,
): Promise<Ended> {
  const { PATH = '', HOME = '', HTTPS_PROXY = '', NODE_EXTRA_CA_CERTS = '' } = chain.env;
  const { tenantId, subscriptionId } = chain.emulator.facts;
  const env = {
    PATH,
    HOME,
    HTTPS_PROXY,
    NODE_EXTRA_CA_CERTS,
    AZURE_TENANT_ID: tenantId,
    AZURE_SUBSCRIPTION_ID: subscriptionId,
    AZURE_CLIENT_ID: who.clientId,
    AZURE_FEDERATED_TOKEN_FILE: who.tokenFile,
    DEPLOYER_CLIENT_ID: deployer.clientId,
    DEPLOYER_TOKEN_FILE: deployer.tokenFile,
  };
  const file = join(import.meta.dirname, '..', `${script}.ts`);
  return chain.start(
    process.execPath,
    ['--test-force-exit', `--test-timeout=${testTimeout}`, file, directory],
    '',
    env,
  );
}

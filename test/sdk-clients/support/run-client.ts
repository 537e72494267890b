import { join } from 'node:path';
import type { Chain, Ended } from '../../support/chain.ts';

/** Timeout of one test of a script, in milliseconds. */
const testTimeout = 60_000;

/** The identity that a client signs in as. */
export interface SignInIdentity {
  readonly clientId: string;
  /** A file with a token for the exchange at Entra. */
  readonly tokenFile: string;
}

/**
 * Starts a script of this folder in a separate process. Of the emulator, it has only the proxy and the CA.
 * @param directory argument of the script
 * @param who identity of the script
 * @param deployer identity that created the lab, for scripts that need both
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

import { join } from 'node:path';
import type { Chain, Ended } from '../../support/chain.ts';

/** How long one test of a script may hang, in milliseconds. */
const patience = 60_000;

/** Who a stranger signs in as. */
export interface Who {
  readonly clientId: string;
  /** A file with a token that Entra is to exchange. */
  readonly tokenFile: string;
}

/**
 * Starts a script of this folder in a process of its own, with the two variables that lead to the emulator and no other trace of it.
 * @param directory what the script gets as its argument
 * @param who whom it signs in as
 * @param deployer who made the lab, for scripts that need both
 */
export function runStranger(
  chain: Chain,
  script: string,
  directory: string,
  who: Who,
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
    ['--test-force-exit', `--test-timeout=${patience}`, file, directory],
    '',
    env,
  );
}

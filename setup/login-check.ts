import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIDToken } from '@actions/core';
import type { Az } from '../actions/shared/az.ts';
import { notVisibleYet } from '../actions/shared/login.ts';
import { inPrivateFile } from '../actions/shared/private-file.ts';
import { quote } from '../actions/shared/quote.ts';
import { retry } from '../actions/shared/retry.ts';
import type { TrustedSubjects } from './github/subjects.ts';
import type { Settings } from './settings.ts';
import type { IdentityIds, SetupContext } from './steps.ts';

/** True in a job with `permissions: id-token: write`. */
export function canRequestIdToken(environment: NodeJS.ProcessEnv): boolean {
  return Boolean(environment.ACTIONS_ID_TOKEN_REQUEST_URL && environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
}

/**
 * Uses this job's token, as a lab does. The existing login stays.
 * @returns a sentence with the result
 * @throws {CommandFailed} if Entra refuses a trusted subject
 */
export async function checkLogin(
  { az, time, log }: SetupContext,
  { subscription }: Settings,
  { clientId }: IdentityIds,
  { subjects }: TrustedSubjects,
  audience: string,
): Promise<string> {
  const subject = subjectOf(await getIDToken(audience));
  if (!subjects.some(each => each.subject === subject))
    return `The login was not tried: this job's subject ${quote(subject)} is not trusted.`;
  // https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
  const options = {
    what: 'Login with a GitHub token',
    timeoutSeconds: 900,
    time,
    log,
    transient: notVisibleYet,
  };
  // GitHub's tokens are valid for five minutes.
  await retry(options, async () =>
    logInSeparately(az, clientId, subscription.tenantId, await getIDToken(audience)),
  );
  return `A job with the subject ${quote(subject)} can log in.`;
}

function subjectOf(token: string): string {
  const [, claims = ''] = token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string }).sub;
}

/** az caches refusals as well as logins. */
async function logInSeparately(az: Az, clientId: string, tenantId: string, token: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'setup-azure-'));
  try {
    await inPrivateFile(token, folder, file =>
      az(
        [
          ...['login', '--service-principal', '--username', clientId, '--tenant', tenantId],
          ...['--federated-token', `@${file}`],
        ],
        { env: { AZURE_CONFIG_DIR: join(folder, 'azure') }, once: true },
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

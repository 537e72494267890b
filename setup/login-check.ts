import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIDToken } from '@actions/core';
import type { Az } from '../actions/shared/az.ts';
import { notVisibleYet } from '../actions/shared/login.ts';
import { inPrivateFile } from '../actions/shared/private-file.ts';
import { retry } from '../actions/shared/retry.ts';
import type { TrustedSubjects } from './github/subjects.ts';
import type { Ids, Tools } from './steps.ts';
import type { Wanted } from './settings.ts';

/** Whether GitHub gives this process ID tokens: only in a job with `permissions: id-token: write`. */
export function givesIdTokens(environment: NodeJS.ProcessEnv): boolean {
  return Boolean(environment.ACTIONS_ID_TOKEN_REQUEST_URL && environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
}

/**
 * Logs in as the identity with this job's own token, as a lab does, beside the login that is there.
 * @param audience of the token
 * @returns what was found, as a sentence
 * @throws {CommandFailed} where Entra refuses a subject that is to be trusted
 */
export async function checkLogin(
  { az, time, log }: Tools,
  { subscription }: Wanted,
  { clientId }: Ids,
  { subjects }: TrustedSubjects,
  audience: string,
): Promise<string> {
  const subject = subjectOf(await getIDToken(audience));
  if (!subjects.some(each => each.subject === subject))
    return `Not tried to log in: this job's subject is ${subject}, which is not trusted.`;
  // New credentials and roles are visible after minutes: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
  const options = {
    what: 'login with a token of GitHub',
    timeoutSeconds: 900,
    time,
    log,
    transient: notVisibleYet,
  };
  // A fresh token each time, for they live five minutes only.
  await retry(options, async () =>
    logInAside(az, clientId, subscription.tenantId, await getIDToken(audience)),
  );
  return `A job with the subject ${subject} logs in.`;
}

function subjectOf(token: string): string {
  const [, claims = ''] = token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string }).sub;
}

/** In a folder of its own: az remembers refusals as well as logins. */
async function logInAside(az: Az, clientId: string, tenantId: string, token: string): Promise<void> {
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

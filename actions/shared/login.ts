import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIDToken } from '@actions/core';
import { type AccountInputs, currentCloud, exchangeAudience } from './account.ts';
import type { Az } from './az.ts';
import { azEnvironment, useAsItIs } from './az-configuration.ts';
import { CommandFailed, failedWith } from './command-errors.ts';
import { ActionFailed } from './failures.ts';
import type { Log } from './log.ts';
import { inPrivateFile } from './private-file.ts';
import { quote } from './quote.ts';
import { retry } from './retry.ts';
import type { Time } from './time.ts';

interface LoginTools {
  az: Az;
  time: Time;
  log: Log;
}

/** As `az login` returns it. */
interface Subscription {
  id: string;
  isDefault: boolean;
}

/** Configuration folders of az with logins of this process. */
const folders: string[] = [];

/**
 * Logs az in as client-id with a new token of GitHub, for the commands of this process only.
 *
 * The login lives in a new configuration folder of az. Actions that run at the same time share nothing: az reads and
 * writes its login files without a lock, and one that meets a half-written file deletes the login. A new folder also has
 * no refusal that az remembers (msal_http_cache.bin), and no token from before a role was assigned.
 *
 * Azure sees a new identity, its credential and its roles after minutes, and sometimes answers as if old ones did not
 * exist. So every such answer is retried for the whole retry time, each time with a new token: GitHub's live five minutes.
 * https://github.com/Azure/azure-cli/issues/33480
 * @throws {ActionFailed} when GitHub issues no token; {CommandFailed} when Entra or Azure keeps refusing.
 */
export async function logIn(account: AccountInputs, { az, time, log }: LoginTools): Promise<void> {
  const { name: cloud } = await currentCloud(az);
  const { AZURE_CONFIG_DIR: previous = '' } = await azEnvironment(process.env);
  let shown: string | undefined;
  const folder = await retry(
    {
      what: `Login as ${account.clientId}`,
      timeoutSeconds: account.retrySeconds,
      firstWaitSeconds: 5,
      longestWaitSeconds: 30,
      time,
      log,
      transient: notVisibleYet,
    },
    async () => {
      const token = await idToken(exchangeAudience(cloud));
      const subject = subjectOf(token);
      if (subject !== shown)
        log.info(`Login as ${account.clientId}: GitHub's token has the subject ${quote(subject ?? '')}.`);
      shown = subject;
      return logInAside(account, token, cloud, previous, az);
    },
  );
  folders.push(folder);
  useAsItIs(folder);
  process.env.AZURE_CONFIG_DIR = folder;
}

export async function endLogins(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** @returns the folder with the login */
async function logInAside(
  { clientId, tenantId, subscriptionId, temporaryFolder }: AccountInputs,
  token: string,
  cloud: string,
  previous: string,
  az: Az,
): Promise<string> {
  const folder = await mkdtemp(join(temporaryFolder ?? tmpdir(), 'azure-'));
  const options = { env: { AZURE_CONFIG_DIR: folder }, once: true };
  try {
    await prepareFolder(folder, cloud, previous);
    const subscriptions = await inPrivateFile(token, folder, file =>
      az<Subscription[]>(
        [
          ...['login', '--service-principal', '--username', clientId, '--tenant', tenantId],
          ...['--federated-token', `@${file}`],
        ],
        options,
      ),
    );
    if (subscriptionId && !subscriptions.some(({ id, isDefault }) => isDefault && id === subscriptionId))
      await az(['account', 'set', '--subscription', subscriptionId], options);
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The subject, which federated credentials are compared with; undefined if the text is no token. */
function subjectOf(token: string): string | undefined {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')).sub;
  } catch {
    return undefined;
  }
}

/** Copies the cloud to a new configuration folder, and the index of commands, which az otherwise builds again. */
async function prepareFolder(folder: string, cloud: string, previous: string): Promise<void> {
  if (cloud !== 'AzureCloud') await writeFile(join(folder, 'config'), `[cloud]\nname = ${cloud}\n`);
  for (const file of ['clouds.config', 'commandIndex.json', 'versionCheck.json'])
    await copyFile(join(previous, file), join(folder, file)).catch(() => {});
}

export function notVisibleYet(error: unknown): string | undefined {
  if (error instanceof NoIdToken) return error.canPass ? error.message : undefined;
  if (!(error instanceof CommandFailed)) return undefined;
  const reason = error.transientLoginReason;
  if (!reason) return undefined;
  const code = /AADSTS\d+/.exec(error.errorText)?.[0];
  const { claim, value } = error.details('presented-assertion');
  const detail = [code, claim && `${claim} "${value}"`].filter(Boolean).join(', ');
  return detail ? `${reason} (${detail})` : reason;
}

export class NoIdToken extends ActionFailed {
  /** A later request can succeed: GitHub did not refuse, it failed. */
  readonly canPass: boolean;

  constructor(cause: unknown) {
    const text = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ').trim();
    super(
      `GitHub issued no ID token: ${text}`,
      'set permissions: id-token: write for the job.',
      'https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-azure',
    );
    const status = Number(/Error Code ?: ?(\d{3})/.exec(text)?.[1] ?? 0);
    this.canPass = status < 400 || status === 408 || status === 429 || status >= 500;
  }
}

/** @throws {NoIdToken} */
function idToken(audience: string): Promise<string> {
  return getIDToken(audience).catch((error: unknown) => {
    throw new NoIdToken(error);
  });
}

export function loginExpired(error: unknown): boolean {
  return failedWith(error, 'login-expired');
}

/** Commands that fail at the same time share one login. */
export function withFreshLogin(logInAgain: () => Promise<unknown>) {
  let logins = 0;
  let current: Promise<unknown> | undefined;
  const renew = () => {
    current ??= logInAgain().finally(() => {
      logins++;
      current = undefined;
    });
    return current;
  };
  return async <T>(work: () => Promise<T>, mayRepeat = () => true): Promise<T> => {
    const before = logins;
    try {
      return await work();
    } catch (error) {
      if (!loginExpired(error) || !mayRepeat()) throw error;
      if (logins === before) await renew();
      return await work();
    }
  };
}

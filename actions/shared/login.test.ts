import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { azEnvironment } from './az-configuration.ts';
import { type FakeAnswer, failing, fakeTools, noAccount } from './fake-tools.ts';
import { endLogins, logIn, loginExpired, NoIdToken, notVisibleYet, withFreshLogin } from './login.ts';

const github = vi.hoisted(() => ({ answers: [] as (string | Error)[] }));
vi.mock(import('@actions/core'), async original => ({
  ...(await original()),
  getIDToken: async () => {
    const answer = github.answers.shift() ?? 'token';
    if (answer instanceof Error) throw answer;
    return answer;
  },
}));

const id = '6f6e7c2a-0000-4000-8000-000000000001';
const subscriptionId = '6f6e7c2a-0000-4000-8000-000000000002';

let temporaryFolder: string;
beforeEach(() => {
  temporaryFolder = mkdtempSync(join(tmpdir(), 'login-test-'));
  vi.stubEnv('AZURE_CONFIG_DIR', join(temporaryFolder, 'job'));
  vi.stubEnv('RUNNER_TEMP', temporaryFolder);
  github.answers = [];
});
afterEach(async () => {
  await endLogins();
  vi.unstubAllEnvs();
  rmSync(temporaryFolder, { recursive: true });
});

const account = () => ({ ...noAccount, clientId: id, tenantId: id, subscriptionId, temporaryFolder });
const privateFolders = () => readdirSync(temporaryFolder).filter(name => name.startsWith('azure-'));

function tools(login: FakeAnswer, cloud = 'AzureCloud') {
  return fakeTools({
    'az cloud show': () => ({ name: cloud }),
    'az login': login,
    'az account set': () => undefined,
  });
}

/** Answers a login only after some failures. */
function after(
  failures: readonly string[],
  subscriptions = [{ id: subscriptionId, isDefault: true }],
): FakeAnswer {
  const left = [...failures];
  return () => {
    const stderr = left.shift();
    return stderr === undefined ? subscriptions : failing(`ERROR: ${stderr}`);
  };
}

const failed = (stderr: string) => {
  try {
    return failing(stderr);
  } catch (error) {
    return error;
  }
};

describe('logIn', () => {
  it.each([
    "AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:o/r'. …",
    'AADSTS700016: Application with identifier … was not found in the directory …',
    'AADSTS7000229: The client application … is missing service principal in the tenant …',
    'AADSTS700024: Client assertion is not within its valid time range.',
    'No subscriptions found for ….',
    'AADSTS90033: A transient error has occurred. Please try again.',
    "HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Max retries exceeded with url: …",
    "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
  ])('retries for the whole retry time: %s', async stderr => {
    const given = tools(() => failing(`ERROR: ${stderr}`));
    await expect(logIn(account(), given)).rejects.toThrow(stderr);
    expect(given.time.now()).toBeGreaterThan(0.9 * 900_000);
    expect(privateFolders()).toEqual([]);
  });

  it.each([
    'AADSTS7002138: … differ in case …',
    "AADSTS90002: Tenant '…' not found.",
    'unrecognized arguments: --federated-token',
  ])('fails immediately if a retry does not help: %s', async stderr => {
    const given = tools(() => failing(`ERROR: ${stderr}`));
    await expect(logIn(account(), given)).rejects.toThrow(stderr);
    expect(given.time.now()).toBe(0);
  });

  it('sends a new token each time, from a folder in which az remembers no refusal', async () => {
    github.answers = ['first', 'second'];
    const seen: { token: string; folder: string }[] = [];
    const given = tools((args, { env }) => {
      const file = args.at(args.indexOf('--federated-token') + 1)!.slice(1);
      seen.push({ token: readFileSync(file, 'utf8'), folder: env!.AZURE_CONFIG_DIR! });
      if (seen.length === 1) failing('ERROR: No subscriptions found for x.');
      return [{ id: subscriptionId, isDefault: true }];
    });
    await logIn(account(), given);
    expect(seen.map(({ token }) => token)).toEqual(['first', 'second']);
    expect(seen[0]!.folder).not.toBe(seen[1]!.folder);
    expect(process.env.AZURE_CONFIG_DIR).toBe(seen[1]!.folder);
    expect(existsSync(seen[0]!.folder)).toBe(false);
    await endLogins();
    expect(privateFolders()).toEqual([]);
  });

  it('logs the subject that Entra received, so that a wrong one is visible during the wait', async () => {
    const stderr =
      "AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:o/r:ref:x'.";
    const given = tools(after([stderr]));
    await logIn(account(), given);
    expect(given.lines.join()).toContain('AADSTS700213, subject "repo:o/r:ref:x"');
  });

  it('sets the subscription only if it is not the default, and waits if it is not visible', async () => {
    const given = tools(after([], [{ id: subscriptionId, isDefault: true }]));
    await logIn(account(), given);
    expect(given.commands.some(([, , verb]) => verb === 'set')).toBe(false);

    let attempts = 0;
    const other = fakeTools({
      'az cloud show': () => ({ name: 'AzureCloud' }),
      'az login': () => [{ id: 'another', isDefault: true }],
      'az account set': () =>
        ++attempts < 3 &&
        failing(`ERROR: The subscription of '${subscriptionId}' doesn't exist in cloud 'AzureCloud'.`),
    });
    await logIn(account(), other);
    expect(attempts).toBe(3);
  });

  it('keeps the cloud and the command index of the existing login', async () => {
    const { AZURE_CONFIG_DIR: job = '' } = await azEnvironment(process.env);
    writeFileSync(join(job, 'commandIndex.json'), '{}');
    writeFileSync(join(job, 'config'), '[defaults]\ngroup = mine\n');
    await logIn(account(), tools(after([]), 'AzureUSGovernment'));
    const folder = process.env.AZURE_CONFIG_DIR!;
    expect(readFileSync(join(folder, 'config'), 'utf8')).toBe('[cloud]\nname = AzureUSGovernment\n');
    expect(existsSync(join(folder, 'commandIndex.json'))).toBe(true);
  });

  it.each([
    ['Error Code : 503\n Error Message: x', true],
    ['Error Code : 429\n Error Message: x', true],
    ['read ECONNRESET', true],
    ['Error Code : 403\n Error Message: x', false],
  ])('retries after the response %j of GitHub: %s', async (message, again) => {
    github.answers = [new Error(message)];
    const given = tools(after([]));
    const login = logIn(account(), given);
    if (again) await login;
    else await expect(login).rejects.toThrow(NoIdToken);
    expect(given.lines.join().includes('Trying again in')).toBe(again);
  });
});

describe('withFreshLogin', () => {
  const expired = () => failed('ERROR: AADSTS700024: Client assertion is not within its valid time range.');

  it('shares one login among commands that fail at the same time, and runs each once more', async () => {
    let logins = 0;
    const renewing = withFreshLogin(async () => {
      await new Promise(resolve => setImmediate(resolve));
      logins++;
    });
    const runs = [0, 0, 0];
    const results = await Promise.all(
      runs.map((_, index) =>
        renewing(async () => {
          if (++runs[index]! === 1) throw expired();
          return index;
        }),
      ),
    );
    expect({ results, runs, logins }).toEqual({ results: [0, 1, 2], runs: [2, 2, 2], logins: 1 });
  });

  it('fails if the command fails again, or if the login fails', async () => {
    let runs = 0;
    const work = async () => {
      runs++;
      throw expired();
    };
    await expect(withFreshLogin(async () => {})(work)).rejects.toThrow('AADSTS700024');
    expect(runs).toBe(2);
    const refused = withFreshLogin(async () => Promise.reject(new Error('refused')));
    await expect(refused(work)).rejects.toThrow('refused');
    expect(runs).toBe(3);
  });

  it('does not repeat commands that must not run twice, or other failures', async () => {
    const never = withFreshLogin(async () => expect.unreachable());
    await expect(
      never(
        () => Promise.reject(expired()),
        () => false,
      ),
    ).rejects.toThrow('AADSTS700024');
    await expect(never(() => Promise.reject(new Error('other')))).rejects.toThrow('other');
  });
});

describe('an expired login', () => {
  it.each([
    'ERROR: Unable to authenticate using AAD or admin login credentials. Please specify both username and password in non-interactive mode.',
    'ERROR: (ExpiredAuthenticationToken) The access token expiry UTC time is earlier than current UTC time.',
  ])('is recognized: %s', stderr => {
    expect(loginExpired(failed(stderr))).toBe(true);
    expect(notVisibleYet(failed(stderr))).toBeUndefined();
  });
});

import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Screen } from '../display/screen.ts';
import {
  control,
  type EmulatorConnection,
  type EmulatorSettings,
  emulatedGitHub,
} from '../emulator-process.ts';
import { openEmulatorSession } from '../emulator-session.ts';
import { emulatorVariables } from '../emulator-variables.ts';
import { createPrivateDirectory, createRunDirectory, paths } from '../paths.ts';
import { findRunningEmulator } from '../running-emulator.ts';

/** None of them can contain a credential. */
const INHERITED_VARIABLES = [
  'TERM',
  'COLORTERM',
  'LANG',
  'LC_ALL',
  'TZ',
  'SHELL',
  'USER',
  'LOGNAME',
  'EDITOR',
  'PAGER',
];

const ADMINISTRATION = {
  administration: 'write',
  actions_variables: 'write',
  actions: 'write',
  metadata: 'read',
} as const;

/**
 * GH_TOKEN belongs to an administrator of the emulated repository.
 * @returns the exit code of the shell or command
 */
export async function openShellCommand(
  { command, ...requested }: Partial<EmulatorSettings> & { command: readonly string[] },
  screen: Screen,
): Promise<number> {
  const isShared = (await findRunningEmulator()) !== undefined;
  const directory = isShared ? createPrivateDirectory(join(paths.up, 'shell')) : createRunDirectory();
  const session = await openEmulatorSession(screen, directory, requested);
  try {
    const own = await emulatorVariables(directory, session.wrappers.directory, session.emulator);
    const env = {
      ...Object.fromEntries(INHERITED_VARIABLES.flatMap(name => entryOf(name))),
      ...own,
      GH_TOKEN: await createAdministratorToken(session.emulator),
    };
    const loggedIn = join(directory, 'logged-in');
    if (!existsSync(loggedIn)) {
      await logInAsUser(session.emulator, env);
      writeFileSync(loggedIn, '');
      screen.print(`az is logged in as ${session.emulator.user.userPrincipalName}.`);
    }
    const [file = process.env.SHELL || 'bash', ...args] = command;
    if (command.length === 0) screen.print(`HOME is ${own.HOME}. Type "exit" to leave.`);
    return await inForeground(file, args, { ...env, PS1: '(wilab) \\w \\$ ' });
  } finally {
    await session.end();
    if (!isShared) await rm(directory, { recursive: true, force: true });
  }
}

async function createAdministratorToken(emulator: EmulatorConnection): Promise<string> {
  const { repository } = emulatedGitHub;
  const request = { login: repository.split('/')[0], permissions: ADMINISTRATION, repository };
  return ((await control(emulator, 'POST /control/github/tokens', request)) as { token: string }).token;
}

function entryOf(name: string): [string, string][] {
  const value = process.env[name];
  return value === undefined ? [] : [[name, value]];
}

/** Logs in by device code. The emulator's control address replaces the browser. */
export async function logInAsUser(emulator: EmulatorConnection, env: Record<string, string>): Promise<void> {
  const child = spawn('az', ['login', '--use-device-code', '--output', 'none'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const output: string[] = [];
  let approval: Promise<unknown> | undefined;
  createInterface({ input: child.stderr }).on('line', line => {
    output.push(line);
    const code = /enter the code ([A-Z0-9]+) to authenticate/.exec(line)?.[1];
    if (code) approval = control(emulator, `POST /control/device-codes/${code}/approve`);
  });
  const exit = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  await approval;
  if (exit !== 0)
    throw new Error(`az login failed with exit code ${exit}.\nIts output:\n${output.join('\n')}`);
}

/** Ctrl-C reaches the program. */
async function inForeground(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  const child = spawn(file, args, { env, stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', forward).on('SIGHUP', forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject).once('close', code => resolve(code ?? 1));
    });
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', forward).off('SIGHUP', forward);
  }
}

import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Screen } from '../display/screen.ts';
import { control, type EmulatorFacts, type EmulatorSettings, github } from '../emulator-process.ts';
import { labEnvironment } from '../emulator-variables.ts';
import { folder, makePrivate, newRun } from '../paths.ts';
import { runningEmulator } from '../running-emulator.ts';
import { openSession } from '../emulator-session.ts';

/** What a shell may keep of the user's own environment; nothing of it can hold a credential. */
const kept = ['TERM', 'COLORTERM', 'LANG', 'LC_ALL', 'TZ', 'SHELL', 'USER', 'LOGNAME', 'EDITOR', 'PAGER'];

/** What `npm run setup-azure` needs of a token for GitHub. */
const administration = {
  administration: 'write',
  actions_variables: 'write',
  actions: 'write',
  metadata: 'read',
} as const;

/**
 * Opens a shell, or runs one command, whose az and kubectl talk to the emulator. az is logged in as the lab's user, and
 * GH_TOKEN is that of an administrator of the emulated repository.
 * @returns the exit code of the shell or command
 */
export async function shellCommand(
  { command, ...asked }: Partial<EmulatorSettings> & { command: readonly string[] },
  screen: Screen,
): Promise<number> {
  // With an emulator that is up, the login and the kubeconfig stay for the next shell.
  const lasting = (await runningEmulator()) !== undefined;
  const directory = lasting ? makePrivate(join(folder.up, 'shell')) : newRun();
  const session = await openSession(screen, directory, asked);
  try {
    const own = await labEnvironment(directory, session.wrappers.directory, session.emulator);
    const env = {
      ...Object.fromEntries(kept.flatMap(name => entryOf(name))),
      ...own,
      GH_TOKEN: await administratorToken(session.emulator),
    };
    const loggedIn = join(directory, 'logged-in');
    if (!existsSync(loggedIn)) {
      await logIn(session.emulator, env);
      writeFileSync(loggedIn, '');
      screen.print(`az is logged in as ${session.emulator.user.userPrincipalName}.`);
    }
    const [file = process.env.SHELL || 'bash', ...args] = command;
    if (command.length === 0) screen.print(`HOME is ${own.HOME}. Leave with 'exit'.`);
    return await inForeground(file, args, { ...env, PS1: '(lab) \\w \\$ ' });
  } finally {
    await session.end();
    if (!lasting) await rm(directory, { recursive: true, force: true });
  }
}

/** A token of the owner of the repository that the emulated GitHub has. */
async function administratorToken(emulator: EmulatorFacts): Promise<string> {
  const { repository } = github;
  const asked = { login: repository.split('/')[0], permissions: administration, repository };
  return ((await control(emulator, 'POST /control/github/tokens', asked)) as { token: string }).token;
}

function entryOf(name: string): [string, string][] {
  const value = process.env[name];
  return value === undefined ? [] : [[name, value]];
}

/** Signs in by device code, as a person would; the browser's part is the emulator's control address. */
export async function logIn(emulator: EmulatorFacts, env: Record<string, string>): Promise<void> {
  const child = spawn('az', ['login', '--use-device-code', '--output', 'none'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  let approval: Promise<unknown> | undefined;
  createInterface({ input: child.stderr }).on('line', line => {
    said.push(line);
    const code = /enter the code ([A-Z0-9]+) to authenticate/.exec(line)?.[1];
    if (code) approval = control(emulator, `POST /control/device-codes/${code}/approve`);
  });
  const exit = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  await approval;
  if (exit !== 0) throw new Error(`az login failed (${exit}):\n${said.join('\n')}`);
}

/** Runs a program on this terminal. Ctrl-C is for it. */
async function inForeground(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  const child = spawn(file, args, { env, stdio: 'inherit' });
  const hand = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', hand).on('SIGHUP', hand);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject).once('close', code => resolve(code ?? 1));
    });
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', hand).off('SIGHUP', hand);
  }
}

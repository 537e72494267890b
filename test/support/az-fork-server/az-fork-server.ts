import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface AzForkServer {
  /** For the front of PATH. */
  readonly directory: string;
  stop(): Promise<void>;
}

const HERE = resolve('test/support/az-fork-server');

/**
 * Imports az once and forks for each command: a tenth of the start's cost.
 * @returns undefined if az is not a Python script, as pip installs it
 */
export async function startAzForkServer(az: string): Promise<AzForkServer | undefined> {
  const python = /^#!(\S*python\S*)\n/.exec(readFileSync(az, 'utf8'))?.[1];
  if (!python) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'az-fork-server-'));
  const socket = join(directory, 'socket');
  // The variable would apply to every fork, and hide output that a fork does not flush.
  const { PYTHONUNBUFFERED: _, ...env } = process.env;
  const server = spawn(python, [join(HERE, 'server.py'), socket], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env,
  });
  const ended = new Promise<void>(done => server.once('close', () => done()));
  while (!existsSync(socket)) {
    if (server.exitCode !== null) throw new Error(`The az fork server ended with ${server.exitCode}.`);
    await wait(20);
  }
  const client = [python, '-I', '-S', join(HERE, 'client.py'), socket].map(quoted).join(' ');
  const program = join(directory, 'az');
  writeFileSync(program, `#!/bin/sh\nexec ${client} "$@"\n`, { mode: 0o700 });
  // Tests would silently use a plain az, which costs ten times as much.
  const version = await promisify(execFile)(program, ['version'], {
    env: { ...env, AZURE_CONFIG_DIR: join(directory, 'config'), AZURE_CORE_COLLECT_TELEMETRY: '0' },
  });
  if (!version.stdout.includes('"azure-cli"'))
    throw new Error(`The az fork server printed ${JSON.stringify(version.stdout)} for az version.`);
  return {
    directory,
    async stop() {
      server.stdin.end();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

import { readFile } from 'node:fs/promises';
import { setSecret } from '@actions/core';
import { runCommand } from '../../actions/shared/command.ts';
import { CommandFailed } from '../../actions/shared/command-errors.ts';
import { ActionFailed } from '../../actions/shared/failures.ts';

/** A token for GitHub, and where it is from. */
export interface Token {
  readonly token: string;
  readonly from: string;
}

/**
 * The token for GitHub: from a file, the environment (in the order of gh), or what gh is logged in with. It is taken out
 * of the environment: az has no use for it.
 * @throws {ActionFailed} where the file cannot be read
 */
export async function findToken(
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Token | undefined> {
  const { GH_TOKEN, GITHUB_TOKEN } = environment;
  delete environment.GH_TOKEN;
  delete environment.GITHUB_TOKEN;
  const found =
    (file !== undefined && { token: await fromFile(file), from: file }) ||
    (GH_TOKEN && { token: GH_TOKEN, from: 'GH_TOKEN' }) ||
    (GITHUB_TOKEN && { token: GITHUB_TOKEN, from: 'GITHUB_TOKEN' }) ||
    (await fromGh());
  // The runner then hides it in its log; on a terminal the line would show it.
  if (found && environment.GITHUB_ACTIONS === 'true') setSecret(found.token);
  return found;
}

async function fromFile(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(error => {
    throw new ActionFailed(
      `The token for GitHub cannot be read: ${(error as Error).message}`,
      'Correct --github-token-file.',
    );
  });
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ActionFailed(
    `There is no token for GitHub in ${file}.`,
    'It must hold the token and nothing else.',
  );
}

async function fromGh(): Promise<Token | undefined> {
  try {
    const { stdout } = await runCommand('gh', ['auth', 'token', '--hostname', 'github.com']);
    return stdout.trim() ? { token: stdout.trim(), from: 'gh' } : undefined;
  } catch (error) {
    // Not logged in, or not installed: there are other ways.
    if (error instanceof CommandFailed || isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unable to locate executable file');
}

import { readFile } from 'node:fs/promises';
import { setSecret } from '@actions/core';
import { runCommand } from '../../actions/shared/command.ts';
import { CommandFailed, missingTool } from '../../actions/shared/command-errors.ts';
import { ActionFailed } from '../../actions/shared/failures.ts';
import { quote } from '../../actions/shared/quote.ts';

export interface Token {
  readonly token: string;
  /** File, environment variable, or `gh`. */
  readonly from: string;
}

/**
 * Order: file, environment (in gh's order), gh's login. Removes it from the environment, which az
 * inherits.
 * @throws {ActionFailed} if the file cannot be read or has no token
 */
export async function findToken(
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Token | undefined> {
  const { GH_TOKEN, GITHUB_TOKEN } = environment;
  delete environment.GH_TOKEN;
  delete environment.GITHUB_TOKEN;
  const found =
    (file !== undefined && { token: await readTokenFile(file), from: file }) ||
    (GH_TOKEN && { token: GH_TOKEN, from: 'GH_TOKEN' }) ||
    (GITHUB_TOKEN && { token: GITHUB_TOKEN, from: 'GITHUB_TOKEN' }) ||
    (await readGhToken());
  // Only a runner masks it. A terminal would show the command.
  if (found && environment.GITHUB_ACTIONS === 'true') setSecret(found.token);
  return found;
}

async function readTokenFile(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(error => {
    throw new ActionFailed(
      `The GitHub token could not be read from the file ${quote(file)}.\nThe error was: ${(error as Error).message}`,
      'Correct --github-token-file.',
    );
  });
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ActionFailed(
    `The file ${quote(file)} contains no GitHub token.`,
    'Write the token, and nothing else, into the file.',
  );
}

/** Undefined if gh is not installed or not logged in. */
async function readGhToken(): Promise<Token | undefined> {
  try {
    const { stdout } = await runCommand('gh', ['auth', 'token', '--hostname', 'github.com']);
    return stdout.trim() ? { token: stdout.trim(), from: 'gh' } : undefined;
  } catch (error) {
    if (error instanceof CommandFailed || missingTool(error)) return undefined;
    throw error;
  }
}

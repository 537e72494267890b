import { describe, expect, it } from 'vitest';
import { accountInputs } from './account.ts';
import { InvalidInputs, parseInputs } from './inputs.ts';

const id = '6f6e7c2a-0000-4000-8000-000000000001';
const idTokens = { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't' };

const parse = (given: Record<string, string>, environment: NodeJS.ProcessEnv = {}) =>
  parseInputs(
    input => accountInputs(input, environment),
    name => given[name] ?? '',
  );

function problems(...args: Parameters<typeof parse>): readonly string[] {
  try {
    parse(...args);
    return [];
  } catch (error) {
    if (error instanceof InvalidInputs) return error.problems;
    throw error;
  }
}

describe('accountInputs', () => {
  it('requires no input', () => expect(parse({})).toMatchObject({ clientId: '', retrySeconds: 900 }));

  it('reads the retry time in minutes', () => expect(parse({ 'retry-minutes': '3' }).retrySeconds).toBe(180));

  it('shows the permission to paste if client-id is set and GitHub issues no token', () => {
    expect(problems({ 'client-id': id, 'subscription-id': 'mine' })).toEqual([
      expect.stringContaining('subscription-id is "mine"'),
      expect.stringContaining('tenant-id is required if client-id is set'),
      expect.stringMatching(/permissions:\n +contents: read\n +id-token: write/),
    ]);
    expect(problems({ 'client-id': id, 'tenant-id': id }, idTokens)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { CommandFailed } from './command-errors.ts';
import { describeFailure } from './failures.ts';

describe('CommandFailed.code', () => {
  it.each([
    ['ERROR: (ResourceNotFound) It was not found.', 'ResourceNotFound'],
    ['WARNING: x\nERROR: something\nCode: QuotaExceeded\nMessage: y', 'QuotaExceeded'],
    ['ERROR: AADSTS700024: Client assertion is not within its valid time range.', 'AADSTS700024'],
    ['ERROR: Operation returned an invalid status', undefined],
  ])('finds the code in %j', (stderr, code) => {
    expect(new CommandFailed(['az'], 1, stderr).code).toBe(code);
  });
});

describe('CommandFailed.failedToResolve', () => {
  const host = 'wilab.vault.azure.net';
  const failed = (stderr: string) => new CommandFailed(['az'], 1, stderr);

  it.each([
    `ERROR: <urllib3.connection.HTTPSConnection object at 0x7f3>: Failed to resolve '${host}' ([Errno -2] Name or service not known)`,
    `HTTPSConnectionPool(host='${host}', port=443): Max retries exceeded with url: /secrets (Caused by NameResolutionError("Failed to resolve '${host}'"))`,
    `HTTPSConnectionPool(host='${host}', port=443): Max retries exceeded (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f3>: Failed to establish a new connection: [Errno -2] Name or service not known'))`,
    'ERROR: <urllib3.connection.HTTPSConnection object at 0x7f3>: Failed to establish a new connection: [Errno -2] Name or service not known',
    'ERROR: Failed to establish a new connection: [Errno 8] nodename nor servname provided, or not known',
    'ERROR: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution',
    'ERROR: Failed to establish a new connection: [Errno -5] No address associated with hostname',
    'ERROR: Failed to establish a new connection: [Errno 11001] getaddrinfo failed',
    `ERROR: Cannot connect to host ${host}:443 ssl:default [Name or service not known]`,
    `HTTPSConnectionPool(host='${host.toUpperCase()}', port=443): (Caused by ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 502 Bad Gateway')))`,
  ])('is true for %j', stderr => expect(failed(stderr).failedToResolve(host)).toBe(true));

  it.each([
    "ERROR: Failed to resolve 'login.microsoftonline.com' ([Errno -2] Name or service not known)",
    `HTTPSConnectionPool(host='${host}', port=443): Read timed out.`,
    'ERROR: (Forbidden) ForbiddenByRbac',
    `HTTPSConnectionPool(host='${host}', port=443): Failed to establish a new connection: [Errno 111] Connection refused`,
  ])('is false for %j', stderr => expect(failed(stderr).failedToResolve(host)).toBe(false));
});

describe('describeFailure for a terminal', () => {
  const denied = "(AuthorizationFailed) The client 'x' does not have authorization to perform action";

  it.each([
    ['ad app create', 'Insufficient privileges to complete the operation.', '--identity user-assigned'],
    [
      'identity federated-credential create',
      '(BadRequest) Too many Federated Identity Credentials',
      '--name',
    ],
    [
      'identity federated-credential create',
      "credentials are not supported in 'malaysiasouth'",
      '--location',
    ],
    ['provider register', denied, 'You are not allowed to register resource providers'],
    ['role assignment create', denied, 'Owner or User Access Administrator'],
    ['identity create', denied, 'You are not allowed to do this in the subscription'],
    ['identity create', "(ScopeLocked) The scope '/x' cannot perform write operation", 'az lock list'],
    ['ad app list', 'AADSTS50076: Due to a configuration change', 'Log in again: az login'],
  ])('explains the failure of az %s: %s', (command, stderr, explanation) => {
    const error = new CommandFailed(['az', ...command.split(' '), '--x'], 1, `ERROR: ${stderr}\n`);
    const text = describeFailure(error, 'terminal');
    expect(text).toContain(explanation);
    expect(text).toContain(stderr);
    expect(text).toContain('What to do: ');
  });

  it('shows an unknown failure unchanged', () => {
    const error = new CommandFailed(['az', 'group', 'create'], 1, 'ERROR: nobody knows');
    expect(describeFailure(error, 'terminal')).toContain('nobody knows');
  });
});

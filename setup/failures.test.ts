import { expect, test } from 'vitest';
import { CommandFailed } from '../actions/shared/command.ts';
import { describe } from './failures.ts';

const denied = "(AuthorizationFailed) The client 'x' does not have authorization to perform action";

test.each([
  ['ad app create', 'Insufficient privileges to complete the operation.', '--identity user-assigned'],
  ['identity federated-credential create', '(BadRequest) Too many Federated Identity Credentials', '--name'],
  ['identity federated-credential create', "credentials are not supported in 'malaysiasouth'", '--location'],
  ['provider register', denied, 'You may not register resource providers'],
  ['role assignment create', denied, 'Owner or User Access Administrator'],
  ['identity create', denied, 'You may not do this in the subscription'],
  ['identity create', "(ScopeLocked) The scope '/x' cannot perform write operation", 'az lock list'],
  ['ad app list', 'AADSTS50076: Due to a configuration change', 'Log in again: az login'],
])('az %s: %s', (command, stderr, says) => {
  const text = describe(new CommandFailed(['az', ...command.split(' '), '--x'], 1, `ERROR: ${stderr}\n`));
  expect(text).toContain(says);
  expect(text).toContain(stderr);
  expect(text).toContain('What to do: ');
});

test('what is not known is shown as it is', () => {
  expect(describe(new CommandFailed(['az', 'group', 'create'], 1, 'ERROR: nobody knows'))).toContain(
    'nobody knows',
  );
});

import { expect, it } from 'vitest';
import { failing, fakeTools } from '../actions/shared/fake-tools.ts';
import { azOperation } from './azure/operations.ts';
import { formatSteps, runSteps, type SetupContext, type Step, unchangedStep } from './steps.ts';

const unknown = { clientId: '<client id>', principalId: '<principal id>', objectId: '' };
const steps: Step[] = [
  {
    what: 'Identity',
    name: 'one',
    change: 'create',
    operations: [
      azOperation(
        () => ['identity', 'create'],
        (answer: { clientId: string }) => ({ clientId: answer.clientId }),
      ),
    ],
  },
  {
    what: 'Role',
    name: 'two',
    change: 'update',
    reason: 'no condition',
    operations: [azOperation(({ clientId }) => ['role', clientId, "it's"])],
  },
  unchangedStep('Group', 'three'),
];

function context(answers: Parameters<typeof fakeTools>[0]) {
  const fake = fakeTools(answers);
  return { fake, context: { ...fake, gitHub: undefined } satisfies SetupContext };
}

it('shows the commands, with placeholders for unknown IDs', () => {
  expect(formatSteps(steps, unknown, true)).toBe(`+ Identity one: create
    az identity create
~ Role two: update (no condition)
    az role '<client id>' 'it'\\''s'
= Group three: exists`);
});

it('runs the shown commands, with the IDs from earlier answers', async () => {
  const { fake, context: own } = context({
    'az identity create': () => ({ clientId: 'c1' }),
    'az role': () => undefined,
  });
  const known = await runSteps(steps, unknown, own, (_, error) => {
    throw error;
  });
  expect(known.clientId).toBe('c1');
  expect(fake.commands).toEqual([
    ['az', 'identity', 'create'],
    ['az', 'role', 'c1', "it's"],
  ]);
  expect(fake.outcomes()).toEqual({
    'Identity one': 'created',
    'Role two': 'changed',
    'Group three': 'already there',
  });
});

it('retries only while Entra does not show a new object yet', async () => {
  let attempts = 0;
  const late = context({
    'az identity create': () => (++attempts < 3 ? failing('PrincipalNotFound') : { clientId: 'c' }),
  });
  await runSteps(steps.slice(0, 1), unknown, late.context, (_, error) => {
    throw error;
  });
  expect(attempts).toBe(3);

  const refused = context({
    'az identity create': () => failing('AuthorizationFailed'),
    'az role': () => undefined,
  });
  const failures: string[] = [];
  await runSteps(steps, unknown, refused.context, ({ name }) => failures.push(name));
  expect(failures).toEqual(['one']);
  expect(refused.fake.commands).toHaveLength(2);
});

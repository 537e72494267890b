import { expect, it } from 'vitest';
import { failing, fakeTools } from '../actions/shared/fake-tools.ts';
import { azCall } from './azure/operations.ts';
import { carryOut, nothingToDo, type Step, showSteps, type Tools } from './steps.ts';

const unknown = { clientId: '<client id>', principalId: '<principal id>', objectId: '' };
const steps: Step[] = [
  {
    what: 'Identity',
    name: 'one',
    does: 'create',
    calls: [
      azCall(
        () => ['identity', 'create'],
        (answer: { clientId: string }) => ({ clientId: answer.clientId }),
      ),
    ],
  },
  {
    what: 'Role',
    name: 'two',
    does: 'change',
    because: 'no condition',
    calls: [azCall(({ clientId }) => ['role', clientId, "it's"])],
  },
  nothingToDo('Group', 'three'),
];

function tools(answers: Parameters<typeof fakeTools>[0]) {
  const fake = fakeTools(answers);
  return { fake, tools: { ...fake, gitHub: undefined } satisfies Tools };
}

it('shows what it runs, with words for what is not known yet', () => {
  expect(showSteps(steps, unknown, true)).toBe(`+ Identity one: create
    az identity create
~ Role two: change (no condition)
    az role '<client id>' 'it'\\''s'
= Group three: already there`);
});

it('runs what it showed, with what was learnt on the way', async () => {
  const { fake, tools: own } = tools({
    'az identity create': () => ({ clientId: 'c1' }),
    'az role': () => undefined,
  });
  const known = await carryOut(steps, unknown, own, (_, error) => {
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

it('waits for what Entra does not show yet, and for nothing else', async () => {
  let attempts = 0;
  const late = tools({
    'az identity create': () => (++attempts < 3 ? failing('PrincipalNotFound') : { clientId: 'c' }),
  });
  await carryOut(steps.slice(0, 1), unknown, late.tools, (_, error) => {
    throw error;
  });
  expect(attempts).toBe(3);

  const refused = tools({
    'az identity create': () => failing('AuthorizationFailed'),
    'az role': () => undefined,
  });
  const failures: string[] = [];
  await carryOut(steps, unknown, refused.tools, ({ name }) => failures.push(name));
  expect(failures).toEqual(['one']);
  expect(refused.fake.commands).toHaveLength(2);
});

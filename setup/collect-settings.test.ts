import { describe, expect, it } from 'vitest';
import { collectSettings, type Defaults } from './collect-settings.ts';
import { parseCommandLine } from './command-line.ts';
import type { Terminal } from './terminal.ts';

const one = { id: '1'.repeat(8), name: 'Sandbox', tenantId: 'tenant', isDefault: true };
const two = { ...one, id: '2'.repeat(8), name: 'Production', isDefault: false };
const defaults: Defaults = { subscriptions: [one, two], repository: 'octo/lab.fork' };

/** Answers by the beginning of the question. Other questions get an empty answer. */
function terminal(
  answers: Readonly<Record<string, string[]>> = {},
): Terminal & { asked: string[]; said: string[] } {
  const asked: string[] = [];
  const said: string[] = [];
  return {
    asked,
    said,
    ask: async (question, defaultAnswer) => {
      asked.push(question);
      const key = Object.keys(answers).find(start => question.startsWith(start));
      return (key && answers[key]?.shift()) || defaultAnswer;
    },
    say: text => said.push(text),
    close: () => {},
  };
}

const gather = (args: string[], at?: Terminal, state = defaults) =>
  collectSettings(parseCommandLine(args), state, at);

describe('without a terminal', () => {
  it('uses options and defaults', async () => {
    expect(await gather(['--yes', '--environment', 'labs', '--identity', 'app-registration'])).toEqual({
      subscription: one,
      repository: { owner: 'octo', name: 'lab.fork', fullName: 'octo/lab.fork' },
      environment: 'labs',
      branch: '',
      identity: {
        kind: 'app-registration',
        name: 'github-octo-lab-fork',
        resourceGroup: 'lab-trust',
        location: 'eastus',
      },
      labLocation: 'eastus',
      workflows: ['lab.yml', 'sweep.yml'],
    });
  });

  it('lists the missing options', async () => {
    await expect(gather([])).rejects.toThrow('Pass --yes.');
    const nowhere = { ...defaults, repository: undefined };
    await expect(gather([], undefined, nowhere)).rejects.toThrow('Pass --repository OWNER/NAME and --yes.');
    await expect(gather(['--dry-run'], undefined, nowhere)).rejects.toThrow('Pass --repository OWNER/NAME.');
    await expect(gather(['--dry-run'])).resolves.toBeDefined();
  });

  it.each([
    ['--repository', 'octo', 'OWNER/NAME'],
    ['--environment', 'a"b', 'quotes'],
    ['--environment', 'lab=@/etc/passwd', '"=@"'],
    ['--environment', 'lab\u2028x', 'visible'],
    ['--environment', 'lab\u202ex', 'visible'],
    ['--branch', 'x=@/etc/passwd', '"=@"'],
    ['--repository', 'octo/..', 'OWNER/NAME'],
    ['--repository', 'octo/a/b', 'OWNER/NAME'],
    ['--repository', '@octo/lab', 'OWNER/NAME'],
    ['--workflow', '../x.yml', 'file name'],
    ['--workflow', 'a=@b.yml', 'file name'],
    ['--name', '@/etc/passwd', 'letters'],
    ['--name', 'null', 'no value'],
    ['--resource-group', 'null', 'no value'],
    ['--location', 'null', 'no value'],
    ['--branch', 'refs/heads/main', 'without refs/heads/'],
    ['--branch', 'a b', 'check-ref-format'],
    ['--identity', 'password', 'user-assigned or app-registration'],
    ['--location', 'East US', 'short name'],
    ['--subscription', 'nope', 'Production'],
  ])('rejects %s %s', async (flag, value, message) => {
    await expect(gather(['--yes', flag, value])).rejects.toThrow(flag);
    await expect(gather(['--yes', flag, value])).rejects.toThrow(message);
  });

  it('finds a subscription by ID, and by a unique name', async () => {
    expect((await gather(['--yes', '--subscription', 'production'])).subscription).toBe(two);
    expect((await gather(['--yes', '--subscription', two.id])).subscription).toBe(two);
    const twins = { ...defaults, subscriptions: [one, { ...two, name: 'Sandbox' }] };
    await expect(gather(['--yes', '--subscription', 'Sandbox'], undefined, twins)).rejects.toThrow('several');
  });
});

describe('at a terminal', () => {
  it('asks for settings without an option, and repeats after an invalid answer', async () => {
    const person = terminal({ Subscription: ['nope', two.name], Branch: ['a b', 'release'] });
    const settings = await gather(['--environment', 'labs', '--resource-group', 'trust'], person);
    expect(settings).toMatchObject({
      subscription: two,
      branch: 'release',
      identity: { resourceGroup: 'trust' },
    });
    expect(person.asked.map(question => question.split(' ')[0])).toEqual([
      'Subscription',
      'Subscription',
      'GitHub',
      'Kind',
      'Branch',
      'Branch',
      'Name',
      'Region',
    ]);
    expect(person.said.at(-1)).toContain('"a b" is not a branch name');
  });

  it('repeats the question for the repository until it gets an answer', async () => {
    const person = terminal({ 'GitHub repository': ['', 'octo/lab'] });
    const settings = await gather([], person, { ...defaults, repository: undefined });
    expect(settings.repository.fullName).toBe('octo/lab');
  });

  it('asks for no group and region of an app registration, and for no branch of a removal', async () => {
    const person = terminal();
    await gather(['--identity', 'app-registration', '--remove'], person);
    expect(person.asked.join()).not.toMatch(/Resource group|Region|Branch/);
  });
});

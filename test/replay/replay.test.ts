import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Difference } from './compare.ts';
import { EmulatorClient } from './emulator-client.ts';
import { bySource, firstExchanges, furtherExchanges, recordedFile } from './recorded-exchanges.ts';
import { recordingPlans } from './recordings.ts';
import { Replayer, type ReplayStep } from './replay.ts';

// Milliseconds. An emulator with clusters starts slowly on a busy machine.
const timeout = 120_000;

const recorded = firstExchanges();
const exchanges = [...(recorded ?? []), ...furtherExchanges()];
const recordings = bySource(exchanges);
let client: EmulatorClient;

beforeAll(async () => {
  client = await EmulatorClient.start();
  // Recorded lists with "atScope()" include an assignment of the user on the subscription.
  const replayer = new Replayer(client);
  const { names } = replayer;
  await client.prepare(
    'PUT',
    replayer.arm(
      '/subscriptions/{sub}/providers/Microsoft.Authorization/roleAssignments/{assignment}',
      '2022-04-01',
    ),
    {
      properties: {
        roleDefinitionId: `/subscriptions/${names.sub}/providers/Microsoft.Authorization/roleDefinitions/${names.role}`,
        principalId: client.userId,
        principalType: 'User',
      },
    },
  );
}, timeout);

afterAll(() => client?.close(), timeout);

if (!recorded) {
  const missing = `SKIPPED: replay of the first set of exchanges. "${recordedFile}" does not exist.`;
  console.warn(missing);
  it.skip(missing, () => {});
}

describe('the replay', () => {
  it('has one step for each exchange', () => {
    const expected = Object.entries(recordingPlans).filter(([source]) => recorded || recordings.has(source));
    expect(Object.fromEntries(expected.map(([source, { steps }]) => [source, steps.length]))).toEqual(
      Object.fromEntries([...recordings].map(([source, found]) => [source, found.length])),
    );
  });
});

for (const [source, found] of recordings) {
  const plan = recordingPlans[source];
  if (!plan) continue;
  describe(source, () => {
    const seen = new Set<string>();
    let replayer: Replayer;

    beforeAll(async () => {
      replayer = new Replayer(client);
      await replayer.begin(plan);
    });

    for (const [index, exchange] of found.entries()) {
      const step = plan.steps[index] ?? {};
      const { method, path } = exchange.request;
      const title = `${exchange.command ?? 'az'}: ${method} ${path}`;
      if ('skipped' in step) {
        it(`skipped: ${title} (${step.skipped})`, async () => {
          // What can be replayed must not be skipped.
          const differences = await replayer.replay(exchange, {}).catch(() => ['no answer']);
          expect(differences).not.toEqual([]);
        });
      } else {
        it(title, { timeout }, async () => {
          const differences = await replayer.replay(exchange, step);
          for (const { at } of differences) if (plan.differs?.[at]) seen.add(at);
          expect(unlisted(differences, { ...plan.differs, ...step.differs })).toEqual([]);
          expect(stale(step, differences)).toEqual([]);
        });
      }
    }

    it('has every listed difference', () => {
      expect(Object.keys(plan.differs ?? {}).filter(at => !seen.has(at))).toEqual([]);
    });
  });
}

function unlisted(
  differences: readonly Difference[],
  listed: Readonly<Record<string, string>>,
): readonly Difference[] {
  return differences.filter(({ at }) => !Object.hasOwn(listed, at));
}

/** Declared differences that did not occur. */
function stale({ differs = {} }: ReplayStep, differences: readonly Difference[]): string[] {
  return Object.keys(differs).filter(at => !differences.some(difference => difference.at === at));
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Difference } from './compare.ts';
import { Lab } from './emulator-client.ts';
import { bySource, furtherExchanges, recordedExchanges, recordedFile } from './recorded-exchanges.ts';
import { stories } from './recordings.ts';
import { type Replayed, Scene } from './replay.ts';

// Starting an emulator, and its clusters, may take its time on a busy machine.
const patience = 120_000;

const recorded = recordedExchanges();
const exchanges = [...(recorded ?? []), ...furtherExchanges()];
const recordings = bySource(exchanges);
let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start();
  // Who is asked for by "atScope()" has a role on the subscription, made by the user.
  const scene = new Scene(lab);
  const { names } = scene;
  await lab.arrange(
    'PUT',
    scene.arm(
      '/subscriptions/{sub}/providers/Microsoft.Authorization/roleAssignments/{assignment}',
      '2022-04-01',
    ),
    {
      properties: {
        roleDefinitionId: `/subscriptions/${names.sub}/providers/Microsoft.Authorization/roleDefinitions/${names.role}`,
        principalId: lab.userId,
        principalType: 'User',
      },
    },
  );
}, patience);

afterAll(() => lab?.close(), patience);

if (!recorded) {
  const missing = `THE RECORDED EXCHANGES ARE NOT REPLAYED: ${recordedFile} is missing on this machine`;
  console.warn(missing);
  it.skip(missing, () => {});
}

describe('the replay', () => {
  it('has one entry for each exchange', () => {
    const expected = Object.entries(stories).filter(([source]) => recorded || recordings.has(source));
    expect(Object.fromEntries(expected.map(([source, { steps }]) => [source, steps.length]))).toEqual(
      Object.fromEntries([...recordings].map(([source, found]) => [source, found.length])),
    );
  });
});

for (const [source, found] of recordings) {
  const story = stories[source];
  if (!story) continue;
  describe(source, () => {
    /** The differences for the whole recording that have come up. */
    const seen = new Set<string>();
    let scene: Scene;

    beforeAll(async () => {
      scene = new Scene(lab);
      await scene.begin(story);
    });

    for (const [index, exchange] of found.entries()) {
      const step = story.steps[index] ?? {};
      const { method, path } = exchange.request;
      const title = `${exchange.command ?? 'az'}: ${method} ${path}`;
      if ('leftOut' in step) {
        it(`left out: ${title} (${step.leftOut})`, async () => {
          // What could be replayed after all must not be in the list of what cannot.
          const differences = await scene.replay(exchange, {}).catch(() => ['no answer']);
          expect(differences).not.toEqual([]);
        });
      } else {
        it(title, { timeout: patience }, async () => {
          const differences = await scene.replay(exchange, step);
          for (const { at } of differences) if (story.differs?.[at]) seen.add(at);
          expect(unlisted(differences, { ...story.differs, ...step.differs })).toEqual([]);
          expect(stale(step, differences)).toEqual([]);
        });
      }
    }

    it('differs in no less than what is listed', () => {
      expect(Object.keys(story.differs ?? {}).filter(at => !seen.has(at))).toEqual([]);
    });
  });
}

function unlisted(
  differences: readonly Difference[],
  listed: Readonly<Record<string, string>>,
): readonly Difference[] {
  return differences.filter(({ at }) => !Object.hasOwn(listed, at));
}

/** What is listed as a difference, and is none any more. */
function stale({ differs = {} }: Replayed, differences: readonly Difference[]): string[] {
  return Object.keys(differs).filter(at => !differences.some(difference => difference.at === at));
}

import { expect, test } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import LongestFirst from './longest-first.ts';

const file = (path: string) =>
  ({
    moduleId: `/repository/${path}`,
    project: {
      name: path.startsWith('test/') ? 'chain' : 'unit',
      vitest: { config: { root: '/repository' } },
    },
  }) as TestSpecification;

const files = [
  'lab/masks.test.ts',
  'test/sweep-labs.test.ts',
  'test/smoke.test.ts',
  'app/main.test.ts',
  'test/lab.test.ts',
  'test/setup-azure.test.ts',
].map(file);

const sequencer = (index = 1, count = 1) =>
  new LongestFirst({ config: { shard: { index, count } } } as unknown as Vitest);
const paths = (sorted: TestSpecification[]) =>
  sorted.map(({ moduleId }) => moduleId.slice('/repository/'.length));

test('starts long chains first and unit tests last', async () => {
  expect(paths(await sequencer().sort(files))).toEqual([
    'test/setup-azure.test.ts',
    'test/smoke.test.ts',
    'test/lab.test.ts',
    'test/sweep-labs.test.ts',
    'app/main.test.ts',
    'lab/masks.test.ts',
  ]);
});

test.each([1, 2, 3, 4])('gives each file to one of %i shards', async count => {
  const shards = await Promise.all(
    Array.from({ length: count }, (_, index) => sequencer(index + 1, count).shard(files)),
  );
  expect(paths(shards.flat()).sort()).toEqual(paths(files).sort());
});

test('gives the longest chains to different shards', async () => {
  const [first, second] = await Promise.all([sequencer(1, 2).shard(files), sequencer(2, 2).shard(files)]);
  expect(paths(first!)).toContain('test/setup-azure.test.ts');
  expect(paths(second!)).toContain('test/smoke.test.ts');
});

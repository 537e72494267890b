import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds on two idle cores. Only the order and the rough size matter. */
const seconds: Readonly<Record<string, number>> = {
  'test/setup-azure.test.ts': 200,
  'test/smoke.test.ts': 200,
  'test/build-image.test.ts': 200,
  'test/deploy-workload.test.ts': 190,
  'test/create-cluster.test.ts': 170,
  'test/setup-vault.test.ts': 170,
  'test/delete-lab.test.ts': 150,
  'test/login.test.ts': 150,
  'test/hanging-services.test.ts': 120,
  'test/diagnosis.test.ts': 110,
  'test/readme-examples.test.ts': 100,
  'test/lab-command.test.ts': 90,
  'test/lab-command-workflows.test.ts': 90,
  'test/signals.test.ts': 75,
  'test/lab.test.ts': 70,
};
const unlisted = { chain: 20, unit: 1 };

/** No long file runs alone at the end. All shards take about the same time. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => expected(b) - expected(a) || order(a, b));
  }

  override async shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { index, count } = this.ctx.config.shard!;
    const shards = Array.from({ length: count }, () => ({ seconds: 0, files: [] as TestSpecification[] }));
    for (const file of await this.sort(files)) {
      const shard = shards.reduce((least, each) => (each.seconds < least.seconds ? each : least));
      shard.files.push(file);
      shard.seconds += expected(file);
    }
    return shards[index - 1]!.files;
  }
}

function path({ project, moduleId }: TestSpecification): string {
  return relative(project.vitest.config.root, moduleId);
}

function expected(file: TestSpecification): number {
  return seconds[path(file)] ?? (file.project.name === 'chain' ? unlisted.chain : unlisted.unit);
}

function order(a: TestSpecification, b: TestSpecification): number {
  return a.moduleId < b.moduleId ? -1 : 1;
}

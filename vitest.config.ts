import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';

/** Unit tests that replace a module: the replacement lasts as long as the process. */
const replacingModules = [
  'actions/shared/{login,preflight}.test.ts',
  'emulator/kubernetes/kube-apiserver/cluster.test.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    // Chain tests wait more than half of the time.
    maxWorkers: availableParallelism() * 3,
    sequence: { sequencer: LongestFirst },
    // Unit tests are beside what they test. Chain tests, which start the real az and kubectl, are in test/.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{actions,app,bundling,cli,emulator,lab,release,setup}/**/*.test.ts',
            'test/{emulator-document,prose,repository-files}.test.ts',
            'test/{conformance,fuzz,replay,support}/**/*.test.ts',
          ],
          exclude: ['**/dist/**', '**/node_modules/**', ...replacingModules],
          // One process runs many files and loads their common modules once.
          isolate: false,
          // Ends only tests that hang: chain tests can keep the machine busy.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: 'unit-isolated', include: replacingModules, testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'chain',
          include: ['test/**/*.test.ts'],
          exclude: [
            '**/node_modules/**',
            'test/{emulator-document,prose,repository-files}.test.ts',
            'test/{conformance,fuzz,replay,support}/**',
          ],
          globalSetup: './test/support/tools.ts',
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});

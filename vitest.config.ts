import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    // az, which chains start all the time, is bound by the processor, and every file waits now and then: three files at a
    // time suit two cores.
    maxWorkers: 3,
    // Unit tests stand beside what they test; whole-chain tests, which start the real az and kubectl, in test/.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{actions,app,bundling,cli,emulator,lab,release,setup}/**/*.test.ts',
            'test/{prose,repository-files}.test.ts',
            'test/{conformance,fuzz,replay}/**/*.test.ts',
          ],
          exclude: ['**/dist/**', '**/node_modules/**'],
          // Against hanging only: a machine may be busy with the chains.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'chain',
          include: ['test/**/*.test.ts'],
          exclude: [
            '**/node_modules/**',
            'test/{prose,repository-files}.test.ts',
            'test/{conformance,fuzz,replay}/**',
          ],
          globalSetup: './test/support/tools.ts',
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});

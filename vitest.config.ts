import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // they share the modules that the first of them loaded: none of them changes what another one sees
          isolate: false,
        },
      },
      { extends: true, test: { name: 'integration', include: ['test/integration/**/*.test.ts'] } },
    ],
    globalSetup: ['test/support/postgres/postgres-server.ts', 'test/support/processes/standing-keels.ts'],
    // by default a core is left idle, on a machine of two one in two
    maxWorkers: availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // a server with hundreds of databases takes its time to shut down, and its folder to go
    teardownTimeout: 60_000,
    // as for the specs: what passes only when it is run once more is named at the end
    retry: process.env['CI'] ? 1 : 0,
    reporters: ['default', './test/count-reporter.ts'],
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/integration/**/*.test.ts'],
    globalSetup: ['test/support/postgres/postgres-server.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // as for the specs: what passes only when it is run once more is named at the end
    retry: process.env['CI'] ? 1 : 0,
    reporters: ['default', './test/count-reporter.ts'],
  },
});

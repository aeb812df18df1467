import { defineConfig } from '@playwright/test';

/** Measures the window in its host; nothing here fails by being slow. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.bench.ts',
  globalSetup: ['../support/postgres/postgres-server.ts', '../e2e/support/launch/browser-setup.ts'],
  outputDir: '../../node_modules/.cache/bench',
  workers: 1,
  timeout: 120_000,
  reporter: [['line']],
});

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: ['./test/support/postgres/postgres-server.ts', './test/e2e/support/launch/browser-setup.ts'],
  outputDir: 'node_modules/.cache/e2e',
  fullyParallel: true,
  workers: 2,
  // a machine that stalls for seconds fails a spec for no fault of the app's; what passes only then is named at the end
  retries: process.env['CI'] ? 1 : 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['./test/e2e/support/count-reporter.ts']],
});

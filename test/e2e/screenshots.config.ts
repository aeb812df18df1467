import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: '*-screenshots.ts',
  globalSetup: ['../support/postgres/postgres-server.ts', './support/launch/browser-setup.ts'],
  outputDir: '../../node_modules/.cache/screenshots',
  workers: 1,
  reporter: 'list',
});

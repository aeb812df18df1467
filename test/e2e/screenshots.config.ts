import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: ['screenshots.ts', '*-screenshots.ts'],
  globalSetup: ['../integration/postgres-server.ts', './browser-setup.ts'],
  outputDir: '../../node_modules/.cache/screenshots',
  workers: 1,
  reporter: 'list',
});

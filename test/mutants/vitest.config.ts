import { defineConfig } from 'vitest/config';

// Stryker runs the tests in threads, where a process can set neither its umask nor its folder
const inProcesses = {
  name: 'in-processes',
  configureVitest({ project }: { project: { config: { pool: string } } }) {
    project.config.pool = 'forks';
  },
};

export default defineConfig({
  plugins: [inProcesses],
  test: {
    include: JSON.parse(process.env['KEEL_MUTANT_TESTS'] ?? '[]'),
    testTimeout: 120_000,
    // a process for each mutant, which loads the modules once for the tests of it
    isolate: false,
  },
});

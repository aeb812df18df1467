import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { hostOfSpecs } from './launch/launch-keel.ts';

/**
 * Ends a run with one plain line, `e2e: N passed, N failed`, and names every skipped spec with its reason, and every one
 * that passed only when it was run once more.
 */
export default class CountReporter implements Reporter {
  private readonly counts = { passed: 0, failed: 0, skipped: 0, again: 0 };

  onTestEnd(test: TestCase, { status, retry }: TestResult): void {
    if (status === 'skipped') {
      this.counts.skipped++;
      const reason = test.annotations.find(({ type }) => type === 'skip')?.description;
      process.stdout.write(`skipped: ${test.title} (${reason ?? 'see the spec'})\n`);
    } else if (status === test.expectedStatus) {
      this.counts.passed++;
      if (retry === 0) return;
      this.counts.again++;
      process.stdout.write(`UNSTEADY: ${test.title} failed at first, and passed when run once more\n`);
    } else if (retry === test.retries) this.counts.failed++;
  }

  onError(): void {
    this.counts.failed++;
  }

  onEnd(): void {
    const { passed, failed, skipped, again } = this.counts;
    const host = hostOfSpecs() === 'electron' ? 'on Electron' : 'in the Chromium host';
    const more = `${skipped > 0 ? `, ${skipped} skipped` : ''}${again > 0 ? `, ${again} UNSTEADY` : ''}`;
    process.stdout.write(`\ne2e: ${passed} passed, ${failed} failed${more} (${host})\n`);
  }
}

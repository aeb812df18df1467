import type { PostureReport, PostureStatus } from '#contract/posture';
import { writeDurably } from '#storage/durable-file';
import { reportAsHtml } from './report-html.ts';
import { reportAsJunit } from './report-junit.ts';
import { reportAsPdf } from './report-pdf.ts';
import { reportAsSarif } from './report-sarif.ts';

/** HTML and PDF are for people, SARIF and the XML of JUnit for programs. */
export type ReportFormat = 'html' | 'pdf' | 'sarif' | 'junit';

export interface ReportOptions {
  readonly mustBeNew?: boolean;
  /** What counts as a failure, where the format has only that. */
  readonly failing?: readonly PostureStatus[];
}

/** Writes the report for its owner alone: it names weaknesses. Throws `file-unwritable`, and `file-exists` under `mustBeNew`. */
export async function writeReport(
  report: PostureReport,
  path: string,
  format: ReportFormat,
  { mustBeNew = false, failing = ['fail'] }: ReportOptions = {},
): Promise<void> {
  await writeDurably(path, await contentOf(report, format, failing), { mustBeNew });
}

function contentOf(
  report: PostureReport,
  format: ReportFormat,
  failing: readonly PostureStatus[],
): string | Buffer | Promise<Buffer> {
  switch (format) {
    case 'html':
      return reportAsHtml(report);
    case 'pdf':
      return reportAsPdf(report);
    case 'sarif':
      return reportAsSarif(report);
    case 'junit':
      return reportAsJunit(report, failing);
  }
}

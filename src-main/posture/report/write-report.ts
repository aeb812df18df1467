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

type Content = (
  report: PostureReport,
  failing: readonly PostureStatus[],
) => string | Buffer | Promise<Buffer>;

const contents: Readonly<Record<ReportFormat, Content>> = {
  html: reportAsHtml,
  pdf: reportAsPdf,
  sarif: reportAsSarif,
  junit: reportAsJunit,
};

/** Writes the report for its owner alone: it names weaknesses. Throws `file-unwritable`, and `file-exists` under `mustBeNew`. */
export async function writeReport(
  report: PostureReport,
  path: string,
  format: ReportFormat,
  { mustBeNew = false, failing = ['fail'] }: ReportOptions = {},
): Promise<void> {
  await writeDurably(path, await contents[format](report, failing), { mustBeNew });
}

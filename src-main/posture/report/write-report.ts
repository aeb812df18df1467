import type { PostureReport } from '#contract/posture';
import { writeDurably } from '#storage/durable-file';
import { reportAsHtml } from './report-html.ts';
import { reportAsPdf } from './report-pdf.ts';

/** Writes the report for its owner alone: it names weaknesses. Throws `file-unwritable`, and `file-exists` under `mustBeNew`. */
export async function writeReport(
  report: PostureReport,
  path: string,
  format: 'html' | 'pdf',
  { mustBeNew = false } = {},
): Promise<void> {
  const content = format === 'html' ? reportAsHtml(report) : await reportAsPdf(report);
  await writeDurably(path, content, { mustBeNew });
}

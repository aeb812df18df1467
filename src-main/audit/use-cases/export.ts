import { counted } from '#shared/counted';
import { writeDurably } from '#storage/durable-file';
import { exportActivity, formOf } from '#audit/activity-export';
import type { ActivityLog } from '#audit/activity-log';
import type { Audit } from '#audit/audit';

export interface ExportInput {
  /** The file to write; its ending chooses the form. */
  readonly path: string;
  /** Whether a file that is there already may be replaced. */
  readonly replace: boolean;
  /** Of this environment only. */
  readonly environment?: string | undefined;
}

/** Writes the entries of the log to a file for other programs. `intact` is false for a log that was altered outside Keel. */
export async function exportLog(
  log: ActivityLog,
  { path, replace, environment }: ExportInput,
  { audit }: { readonly audit: Audit },
): Promise<{ readonly entries: number; readonly intact: boolean }> {
  const { lines, trouble } = await log.examine();
  const wanted = lines.filter(({ entry }) => environment === undefined || entry.environment === environment);
  await writeDurably(path, exportActivity(wanted, formOf(path)), { mustBeNew: !replace });
  const detail = `${counted(wanted.length, 'entry', 'entries')} to ${path}`;
  await audit.after({ action: 'activity exported', detail, outcome: 'done' });
  return { entries: wanted.length, intact: trouble === undefined };
}

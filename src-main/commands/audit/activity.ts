import { basename } from 'node:path';
import { openActivityLog } from '#audit/activity-log';
import type { ActivityEntry } from '#contract/app';
import { keelHome } from '#environments/keel-home';
import type { Terminal } from '#commands/terminal';

/** What is written of an environment; its folder names it. */
type Entry = Omit<ActivityEntry, 'at' | 'environment'> & { readonly folder?: string };

/** Notes what is about to be done or shown. Throws `file-unwritable` or `lock-timeout`: then it must not happen. */
export async function noteActivity({ folder, ...entry }: Entry): Promise<void> {
  await openActivityLog(keelHome()).append({
    ...(folder !== undefined && { environment: basename(folder) }),
    ...entry,
  });
}

/** Notes what has happened and cannot be taken back; a log that cannot be written is a warning then. */
export async function noteEffect(terminal: Terminal, entry: Entry): Promise<void> {
  await noteActivity(entry).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    terminal.note(terminal.paint('warning', `The activity log does not know of this: ${why}`));
  });
}

import { basename } from 'node:path';
import { openActivityLog } from '#audit/activity-log';
import { environmentNameOf } from '#environments/environment-name';
import { environmentFolder, keelHome } from '#environments/keel-home';
import type { Database } from '../compose.ts';
import type { Terminal } from './terminal.ts';

/**
 * Writes to the activity log what was done to a database and cannot be taken back. Never throws: a log that cannot be written is
 * told of, and must not make it look undone.
 */
export async function noteDone(
  { target }: Database,
  action: string,
  detail: string,
  terminal: Terminal,
): Promise<void> {
  try {
    const home = keelHome();
    const folder = await environmentFolder(
      home,
      environmentNameOf(target.host, target.port, target.database),
    );
    await openActivityLog(home).append({ environment: basename(folder), action, detail, outcome: 'done' });
  } catch (error) {
    terminal.note(
      `It is not in the activity log: ${error instanceof Error ? error.message : 'it cannot be written'}`,
    );
  }
}

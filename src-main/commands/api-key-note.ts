import { environmentNameOf } from '#environments/environment-name';
import { environmentPath, keelHome } from '#environments/keel-home';
import type { Database } from '#workspace/database';
import { noteEffect } from './activity.ts';
import type { Terminal } from './terminal.ts';

/** Writes to the activity log what was done to a database and cannot be taken back. Never throws. */
export async function noteDone(
  { target: { host, port, database } }: Database,
  action: string,
  detail: string,
  terminal: Terminal,
): Promise<void> {
  const folder = environmentPath(keelHome(), environmentNameOf(host, port, database));
  await noteEffect(terminal, { folder, action, detail, outcome: 'done' });
}

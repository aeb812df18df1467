import { exportActivity, formOf } from '#audit/activity-export';
import type { ActivityLog } from '#audit/activity-log';
import { writeDurably } from '#storage/durable-file';
import type { AssertChosen } from '#procedures/chosen-files';
import type { Implementations } from '#procedures/implementations';
import { noteEffect } from '#procedures/note-activity';

export interface ActivityPorts {
  readonly log: ActivityLog;
  /** Throws `file-not-chosen` for a path that no native dialog named for this purpose. */
  readonly assertChosen: AssertChosen;
}

/** What was done, by whom the log tells: newest first; and the whole of it for another program. */
export function activityProcedures({
  log,
  assertChosen,
}: ActivityPorts): Pick<Implementations, `activity.${'list' | 'export'}`> {
  return {
    'activity.list': (query) => log.list(query),

    async 'activity.export'({ environment, path }) {
      assertChosen(path, 'save-activity');
      const { lines } = await log.examine();
      const wanted = lines.filter(
        ({ entry }) => environment === undefined || entry.environment === environment,
      );
      await writeDurably(path, exportActivity(wanted, formOf(path)), { mustBeNew: true });
      const entries = wanted.length;
      const detail = `${entries} ${entries === 1 ? 'entry' : 'entries'} to ${path}`;
      await noteEffect((entry) => log.append(entry), {
        action: 'activity exported',
        detail,
        outcome: 'done',
      });
      return { entries };
    },
  };
}

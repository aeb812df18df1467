import type { ActivityLog } from '#audit/activity-log';
import type { ForWriting } from '#procedures/chosen-files';
import { exportLog } from '#audit/use-cases/export';
import type { Implementations } from '#procedures/implementations';
import { windowAudit } from '#procedures/window-context';

export interface ActivityPorts {
  readonly log: ActivityLog;
  /** Throws `file-not-chosen` for a path that no native dialog named for this purpose. */
  readonly forWriting: ForWriting;
}

/** What was done, by whom the log tells: newest first; and the whole of it for another program. */
export function activityProcedures({
  log,
  forWriting,
}: ActivityPorts): Pick<Implementations, `activity.${'list' | 'export'}`> {
  return {
    'activity.list': (query) => log.list(query),

    async 'activity.export'({ environment, path }) {
      const written = forWriting(path, 'save-activity');
      const input = { path, replace: false, environment };
      const audit = windowAudit((entry) => log.append(entry));
      const { entries } = await exportLog(log, input, { audit });
      written();
      return { entries };
    },
  };
}

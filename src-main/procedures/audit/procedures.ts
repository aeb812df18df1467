import type { ActivityLog } from '#audit/activity-log';
import { exportLog } from '#audit/use-cases/export';
import type { Implementations } from '#procedures/implementations';
import { windowAudit } from '#procedures/window-context';

export interface ActivityPorts {
  readonly log: ActivityLog;
  /** Throws `file-not-chosen` for a path that no native dialog named. */
  readonly assertChosen: (path: string) => void;
}

/** What was done, by whom the log tells: newest first; and the whole of it for another program. */
export function activityProcedures({
  log,
  assertChosen,
}: ActivityPorts): Pick<Implementations, `activity.${'list' | 'export'}`> {
  return {
    'activity.list': (query) => log.list(query),

    async 'activity.export'({ environment, path }) {
      assertChosen(path);
      // the dialog asked whether to replace it
      const input = { path, replace: true, environment };
      const audit = windowAudit((entry) => log.append(entry));
      const { entries } = await exportLog(log, input, { audit });
      return { entries };
    },
  };
}

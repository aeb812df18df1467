import type { ActivityLog } from '#audit/activity-log';
import type { Implementations } from './implementations.ts';

/** What was done, by whom the log tells: newest first. */
export function activityProcedures(log: ActivityLog): Pick<Implementations, 'activity.list'> {
  return { 'activity.list': (query) => log.list(query) };
}

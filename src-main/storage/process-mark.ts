import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** Which process made something that it removes again, unless it dies before. */
export const processMark = z.object({
  pid: z.int().positive(),
  /** Where the process id means something: the machine, and in Linux its process namespace. */
  place: z.string(),
  takenAt: z.iso.datetime(),
});
export type ProcessMark = z.infer<typeof processMark>;

/** The mark of this process, now. */
export function ownMark(): ProcessMark {
  return { pid: process.pid, place: place(), takenAt: new Date().toISOString() };
}

/** Whether the process is gone for certain. One from another place cannot be judged, and counts as alive. */
export function isDead({ pid, place: where, takenAt }: ProcessMark): boolean {
  if (where !== place()) return false;
  // a container restarts with the process ids it had before: this process made nothing before it began
  if (pid === process.pid) return Date.parse(takenAt) < Date.now() - process.uptime() * 1000;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function place(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // other systems have one namespace
  }
  return `${hostname()} ${namespace}`.trim();
}

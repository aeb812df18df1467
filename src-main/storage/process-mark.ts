import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** Which process made something that it removes again, unless it dies before. */
export const processMark = z.object({
  pid: z.int().positive(),
  /** Where the process id means something: the machine, and in Linux its process namespace. */
  place: z.string(),
  /** Tells this process from an earlier one with the same id, whatever the clock says. Absent in what an older Keel made. */
  start: z.string().exactOptional(),
});
export type ProcessMark = z.infer<typeof processMark>;

const ownStart = randomBytes(4).toString('hex');

/** The mark of this process. Its start has eight hexadecimal digits. */
export function ownMark(): Required<ProcessMark> {
  return { pid: process.pid, place: place(), start: ownStart };
}

/** Whether the process is gone for certain. One from another place cannot be judged, and counts as alive. */
export function isDead({ pid, place: where, start }: ProcessMark): boolean {
  if (where !== place()) return false;
  // a container restarts with the process ids it had before
  if (pid === process.pid) return start !== ownStart;
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

// What a run cost: the processor time of this process and of every process that it started and has seen end.
import { readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second, whatever the machine. */
const ticksPerSecond = 100;

/** Seconds; undefined where the system does not tell. */
export function cpuSecondsOfAll() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // user and system time, of its own and of its children, after the name, which may hold anything
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return Math.round(ticks / ticksPerSecond);
  } catch {
    return undefined;
  }
}

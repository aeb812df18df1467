// What a run cost: the processor time of this process and of every process below it, ended or at work.
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second, whatever the machine. */
const ticksPerSecond = 100;

/** Seconds so far; undefined where the system does not tell. */
export function cpuSecondsOfTree() {
  let processes;
  try {
    processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  const all = new Map(processes.map((id) => [Number(id), readProcess(id)]));
  const isBelow = (id) => id === process.pid || (all.get(id) !== undefined && isBelow(all.get(id).parent));
  let ticks = 0;
  for (const [id, one] of all) if (one && isBelow(id)) ticks += one.ticks;
  return ticks / ticksPerSecond;
}

/** What `work` takes is counted as the setting up of a lane, in `setUpSeconds`, and is no part of a case. */
export async function asSetUp(lane, work) {
  if (lane.isSettingUp) return work();
  lane.isSettingUp = true;
  const before = cpuSecondsOfTree();
  try {
    return await work();
  } finally {
    lane.isSettingUp = false;
    lane.setUpSeconds += cpuSecondsOfTree() - before;
  }
}

function readProcess(id) {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    // after the name, which may hold anything: the parent, and user and system time, of its own and of its children that ended
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    return {
      parent: Number(fields[1]),
      ticks: fields.slice(11, 15).reduce((sum, one) => sum + Number(one), 0),
    };
  } catch {
    return undefined;
  }
}

import { join } from 'node:path';
import { z } from 'zod';
import { type PostureRun, postureRun } from '#contract/posture';
import { changeState, readState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';

export const postureRunsKind = stateKind({
  file: 'environments/*/posture-runs.json',
  what: 'the record of posture checks',
  version: 1,
  schema: z.strictObject({ runs: z.array(postureRun) }),
  remedy: 'restore the file from a backup, or delete it: later checks are recorded again',
});

/** Older ones make room: a check a day for half a year. */
const maxRuns = 200;

/** What the checks of an environment came to, the oldest first. Throws `state-damaged`, `state-newer`. */
export async function readPostureRuns(folder: string): Promise<PostureRun[]> {
  return (await readState(postureRunsKind, pathIn(folder)))?.runs ?? [];
}

/** Records what a check came to. Durable when it returns. Throws `state-damaged`, `state-newer`. */
export async function recordPostureRun(folder: string, run: PostureRun): Promise<void> {
  await changeState(postureRunsKind, pathIn(folder), (now) => ({
    runs: [...(now?.runs ?? []), run].slice(-maxRuns),
  }));
}

function pathIn(folder: string): string {
  return join(folder, 'posture-runs.json');
}

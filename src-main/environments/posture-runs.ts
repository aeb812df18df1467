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
  remedy: 'run the check again: the new record replaces this one, which is kept next to it',
  replaceable: true,
});

/** Older ones make room: a check a day for half a year. */
const maxRuns = 200;

/** What the checks of an environment came to, the oldest first. Throws `state-damaged`, `state-newer`. */
export async function readPostureRuns(folder: string): Promise<PostureRun[]> {
  return (await readState(postureRunsKind, pathIn(folder)))?.runs ?? [];
}

/**
 * Records what a check came to, durably, and returns where a damaged record is kept that made room; undefined where there was none.
 * Throws `state-newer`, and `file-unwritable`.
 */
export async function recordPostureRun(folder: string, run: PostureRun): Promise<string | undefined> {
  let aside: string | undefined;
  const change = (now: { readonly runs: readonly PostureRun[] } | undefined) => ({
    runs: [...(now?.runs ?? []), run].slice(-maxRuns),
  });
  await changeState(postureRunsKind, pathIn(folder), change, (name) => (aside = name));
  return aside;
}

function pathIn(folder: string): string {
  return join(folder, 'posture-runs.json');
}

import { join } from 'node:path';
import { z } from 'zod';
import { changeState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';
import { everyRecord } from './key-change.ts';
import type { RotationRecord } from './rotation-record.ts';

export const rotationOrderKind = stateKind({
  file: 'environments/*/rotation-order.json',
  what: 'the order of rotations',
  version: 1,
  schema: z.strictObject({
    /** The number of the rotation that was begun last, of the environment’s own database or one of a fleet. */
    last: z.number().int().nonnegative(),
  }),
  // the records have the numbers, and are read for them where it is missing
  replaceable: true,
  remedy:
    'restore it from a backup of the folder, or move it aside: it is written again from the rotation records',
});

/**
 * The number of a rotation that begins now, higher than that of every other one of the environment in `folder`, whatever the clock
 * says. `known` are records that were just read. No two programs get the same. Throws `state-damaged` for a record, and
 * `state-newer`.
 */
export async function nextOrder(folder: string, known: readonly RotationRecord[]): Promise<number> {
  const { last } = await changeState(rotationOrderKind, join(folder, 'rotation-order.json'), async (now) => {
    const records = now ? known : (await everyRecord(folder)).map(({ record }) => record);
    // a folder that was restored in part may have records that the file knows nothing of
    const numbers = records.map(({ order = 0 }) => order);
    return { last: Math.max(now?.last ?? 0, 0, ...numbers) + 1 };
  });
  return last;
}

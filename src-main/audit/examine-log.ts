import { z } from 'zod';
import { stateKind } from '#storage/state-kind';
import { chainHash, genesis, type Line, readLine } from './activity-chain.ts';

/** What `activity.head.json` vouches for. */
const head = z.strictObject({
  /** Entries in the log. */
  count: z.int().nonnegative(),
  /** The log's length. */
  bytes: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Head = z.infer<typeof head>;

export const activityHeadKind = stateKind({
  file: 'activity.head.json',
  what: 'the head of the activity log',
  version: 1,
  schema: head,
  remedy: 'restore its last good copy; the entries of the log are all there',
  firstHadNoVersion: true,
  // without it the log still grows, and says that it was not vouched for
  replaceable: true,
});

export interface Examined {
  /** Every entry that can be read, with its hash. */
  readonly lines: readonly Line[];
  /** The first thing that is not as it was written; absent where the log is whole. */
  readonly trouble?: { readonly line: number; readonly what: string };
}

/** Follows the chain through the rows of a log, as they are read, and compares it with its head. Lines are counted from 1. */
export interface LogExaminer {
  /** The next row, without its line end: what it says, where it can be read. */
  add(row: string): Line | undefined;
  /** What follows the last line end; returns the first thing that is not as it was written. */
  end(unfinished: string): Examined['trouble'];
}

export function createLogExaminer({ count, bytes, hash }: Head): LogExaminer {
  let trouble: Examined['trouble'];
  const found = (line: number, what: string) => {
    if (!trouble || line < trouble.line) trouble = { line, what };
  };
  let before = genesis;
  let length = 0;
  let number = 0;
  return {
    add(row) {
      number++;
      const line = readLine(row);
      if (!line) found(number, 'cannot be read as an entry');
      else if (line.hash !== chainHash(before, line.entry)) {
        found(
          number,
          'does not follow the previous entry: one of the two was altered, or one between them was removed',
        );
      }
      before = line?.hash ?? before;
      length += Buffer.byteLength(row) + 1;
      if (number === count && (before !== hash || length !== bytes)) {
        found(number, 'is not the one recorded in activity.head.json');
      }
      return line;
    },
    end(unfinished) {
      if (number < count) {
        found(number + 1, `is missing, ${count - number} in total: the end of the log was cut off`);
      }
      // a crash leaves one entry behind the head, or a piece of one
      if (number > count + 1) found(count + 1, 'and those after it are not recorded in activity.head.json');
      if (unfinished !== '' && number !== count) found(number + 1, 'is cut off');
      return trouble;
    },
  };
}

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

/** Follows the chain through the text of a log and compares it with its head. Lines are counted from 1. */
export function examineLog({ count, bytes, hash }: Head, text: string): Examined {
  const rows = text.split('\n');
  const unfinished = rows.pop() ?? '';
  const lines: Line[] = [];
  let trouble: Examined['trouble'];
  const found = (line: number, what: string) => {
    if (!trouble || line < trouble.line) trouble = { line, what };
  };
  let before = genesis;
  let length = 0;
  for (const [index, row] of rows.entries()) {
    const number = index + 1;
    const line = readLine(row);
    if (line) lines.push(line);
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
  }
  if (rows.length < count) {
    found(rows.length + 1, `is missing, ${count - rows.length} in total: the end of the log was cut off`);
  }
  // a crash leaves one entry behind the head, or a piece of one
  if (rows.length > count + 1) found(count + 1, 'and those after it are not recorded in activity.head.json');
  if (unfinished !== '' && rows.length !== count) found(rows.length + 1, 'is cut off');
  return { lines, ...(trouble && { trouble }) };
}

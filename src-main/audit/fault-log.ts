import { appendFile, chmod, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { oneAfterTheOther } from '#shared/one-after-the-other';
import { madeFolder } from '#storage/made-folder';
import { visibleJson } from '#shared/visible-text';
import { cutAndRedacted } from './redact.ts';

/** The log and the one before it are each at most about this long. */
const maxBytes = 1_000_000;
const longestStack = 8_000;
/** Faults that wait to be written; more at a time are one fault that repeats. */
const maxWaiting = 100;

/** Exceptions that nobody foresaw, for whoever mends Keel: `faults.jsonl`, a line each, for this account alone. */
export interface FaultLog {
  /**
   * Adds the exception under the id that the admin sees, with name, message and stack as far as they hold nothing that
   * looks like a secret. Never throws: a log that cannot be written must not hide what it was to tell. Of a flood only the first are kept.
   */
  record(id: string, error: unknown): Promise<void>;
  /** Where it is. */
  readonly path: string;
}

/** At about 1 MB the log becomes `faults.1.jsonl`, in place of the one before. */
export function openFaultLog(home: string, now: () => Date = () => new Date()): FaultLog {
  const path = join(home, 'faults.jsonl');
  const inTurn = oneAfterTheOther();
  let last = Promise.resolve();
  let waiting = 0;
  const add = async (line: string) => {
    await madeFolder(home);
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    if (size + line.length > maxBytes)
      await rename(path, join(home, 'faults.1.jsonl')).catch(() => undefined);
    await appendFile(path, line, { mode: 0o600 });
    await chmod(path, 0o600);
  };
  return {
    path,
    record(id, error) {
      if (waiting === maxWaiting) return last;
      waiting++;
      const line = `${visibleJson(JSON.stringify({ at: now().toISOString(), id, ...describe(error) }))}\n`;
      last = inTurn(() => add(line))
        .catch(() => undefined)
        .finally(() => waiting--);
      return last;
    },
  };
}

/** Of an error only name, message and stack: other properties (of the driver, say) can hold rows or parameters. */
function describe(error: unknown): { name: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { name: typeof error, message: 'the thrown value is not an error' };
  const causes = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < 3; cause = cause.cause) {
    causes.push(`caused by ${cause.stack ?? cause.message}`);
  }
  const stack = [error.stack ?? '', ...causes].join('\n');
  return {
    name: cutAndRedacted(error.name, 100),
    message: cutAndRedacted(error.message, 1_000),
    stack: cutAndRedacted(stack, longestStack),
  };
}

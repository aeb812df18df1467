import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';
import { refusedWrite } from '#rewrite/refused-write';
import { formatCount } from '#shared/counted';
import type { StagedTable } from './cutover.ts';
import type { FormCounter } from './form-counter.ts';

/** The admin called the run off before COMMIT was sent. */
export function cancelled(cause: unknown): KeelError {
  return new KeelError(
    'cancelled',
    'the rotation was cancelled and rolled back; nothing was changed',
    'start it again when you are ready',
    { cause },
  );
}

/** What stopped the run; a bug stays what it is. */
export function asFailure(error: unknown): unknown {
  try {
    return refusedWrite(error) ?? fromDriverError(error, 'rotating');
  } catch (bug) {
    return bug;
  }
}

/** A rotation that rewrites nothing must not pass for one that succeeded. */
export function assertSomethingToDo(
  tables: readonly StagedTable[],
  counters: readonly FormCounter[],
  application: string,
): void {
  const staged = tables.reduce((sum, table) => sum + table.staged.rows, 0);
  if (staged > 0) return;
  const already = counters.reduce((sum, counter) => sum + counter.already, 0);
  throw new KeelError(
    already > 0 ? 'already-rotated' : 'nothing-to-rotate',
    already > 0
      ? `all ${formatCount(already)} values are already encrypted with the target key; nothing was changed`
      : 'these columns have nothing to rewrite; nothing was changed',
    already > 0
      ? 'there is nothing to do'
      : `give ${application} the new key; if you expected values here, check the inventory`,
  );
}

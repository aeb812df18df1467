import type { LongName } from '#contract/procedures';
import type { CommittedRotation } from '#contract/rotation';
import type { Failure } from '#contract/shapes';
import type { Operation } from '../../../use-operation.ts';

/** Whether a failed run may have been committed all the same: then only the database can tell. */
export function isOutcomeOpen({ code }: Pick<Failure, 'code'>): boolean {
  return code === 'rotation-unsettled' || code === 'internal';
}

/** A run without its failure, where something was committed after the run began: the failure says nothing of now. */
export function unlessOvertaken<Name extends LongName>(
  run: Operation<Name>,
  last: Pick<CommittedRotation, 'at'> | undefined,
): Operation<Name> {
  const { outcome, startedAt } = run;
  const overtaken = last !== undefined && startedAt !== undefined && Date.parse(last.at) >= startedAt;
  return overtaken && outcome?.ok === false ? { ...run, outcome: undefined } : run;
}

import { openedIn } from '#shared/opened-values';
import { nestedIn } from '#proof/values-within';
import type { FleetOutcomes, FleetProof, FleetRun } from '#contract/fleet';
import type { FleetDatabase, FleetRecord } from '#records/fleet-record';
import type { Outcome } from '#shared/in-parallel';
import type { Proof } from '#proof/prove';
import type { EncryptedColumn } from '#contract/inventory';
import { asKeelError, fleetReach } from '#fleet/members';
import { inWindowWords } from '#procedures/act-text';

/** A run for the window. */
export function runForWindow(
  record: FleetRecord,
  rehearsal: boolean,
  columns: readonly EncryptedColumn[],
): FleetRun {
  const { from, to, startedAt, finishedAt, databases, undo, givenUp } = record;
  const reach = fleetReach(record, columns, rehearsal);
  return {
    ...(reach && { beyondReach: reach }),
    from,
    to,
    rehearsal,
    startedAt,
    ...(finishedAt !== undefined && { finishedAt }),
    ...(undo && { undo }),
    ...(!rehearsal && givenUp && givenUp.length > 0 && { givenUp }),
    ...outcomesForWindow(databases),
  };
}

/** What became of each database, for the window. */
export function outcomesForWindow(databases: readonly FleetDatabase[]): FleetOutcomes {
  return {
    databases: databases.map(({ remedy, ...one }) => ({
      ...one,
      ...(remedy !== undefined && { remedy: inWindowWords(remedy) }),
    })),
  };
}

/** What a key opens of one database, for the window. */
export function proofForWindow(name: string, outcome: Outcome<Proof>): FleetProof {
  if (outcome && 'value' in outcome) {
    const { verdict, columns, within } = outcome.value;
    return {
      name,
      verdict,
      ...openedIn(columns),
      nested: nestedIn(within),
    };
  }
  const { code, message, remedy } = asKeelError(outcome?.error);
  return { name, code, message, remedy: inWindowWords(remedy) };
}

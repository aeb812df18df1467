import type { BeyondReach } from '#contract/beyond-reach';
import { counted, formatCount } from '#shared/counted';
import type { FleetProof, FleetRun, FleetState } from '#contract/fleet';
import type { Verdict } from '#contract/shapes';
import type { Tone } from '../../components/marks/badge.tsx';
import { asSentence } from '../../components/format.ts';
import type { StatTile } from '../../components/layout/stat-tiles.tsx';

/** What became of one database, in words. */
export interface FleetLine {
  readonly name: string;
  readonly tone: Tone;
  readonly state: string;
  /** Like `4 rows`, `4 of 4 values`. */
  readonly rows?: string;
  readonly why?: string;
  readonly remedy?: string;
}

/** What a job over the fleet came to. */
export interface FleetResult {
  readonly title: string;
  readonly tiles: readonly StatTile[];
  readonly lines: readonly FleetLine[];
  readonly beyondReach?: BeyondReach;
}

const verdicts: Readonly<Record<Verdict, { tone: Tone; state: string; why?: string }>> = {
  correct: { tone: 'good', state: 'Proven' },
  wrong: { tone: 'stop', state: 'Wrong key', why: 'The key decrypts none of the values tried.' },
  mixed: { tone: 'stop', state: 'Partial match', why: 'This key does not decrypt some of the values.' },
  inconclusive: { tone: 'warn', state: 'Inconclusive', why: 'There are too few values, or none.' },
};

/** What the active key decrypts. */
export function resultOfProof(databases: readonly FleetProof[]): FleetResult {
  const proven = databases.filter(({ verdict }) => verdict === 'correct').length;
  const failed = databases.filter(({ verdict }) => verdict === undefined).length;
  const other = databases.length - proven - failed;
  const opened = databases.reduce((sum, { opened = 0 }) => sum + opened, 0);
  return {
    title: 'What the active key decrypts',
    tiles: [
      tile(proven, 'proven', 'good'),
      tile(other, 'not proven', 'stop'),
      tile(failed, 'could not be read', 'stop'),
      { value: formatCount(opened), label: 'values decrypted' },
    ],
    lines: databases.map(({ name, verdict, opened = 0, values = 0, message, remedy }) => {
      if (verdict === undefined)
        return { name, tone: 'stop', state: 'Failed', ...inSentences({ message, remedy }) };
      return {
        name,
        ...verdicts[verdict],
        rows: `${formatCount(opened)} of ${counted(values, 'value')}`,
      };
    }),
  };
}

/** What a rehearsal or rotation came to. */
export function resultOfRun({ rehearsal, databases, givenUp = [], beyondReach }: FleetRun): FleetResult {
  const of = (state: string) => databases.filter((one) => one.state === state).length;
  const rows = databases.reduce((sum, { rows = 0 }) => sum + rows, 0);
  return {
    ...(beyondReach && { beyondReach }),
    title: rehearsal ? 'Rehearsed and rolled back' : 'Fleet rotation',
    tiles: [
      tile(of('done'), rehearsal ? 'would succeed' : 'rotated', 'good'),
      tile(of('failed'), rehearsal ? 'would fail' : 'failed', 'stop'),
      tile(of('waiting'), 'not started', 'warn'),
      ...(givenUp.length > 0 ? [tile(givenUp.length, 'given up', 'warn')] : []),
      { value: formatCount(rows), label: rehearsal ? 'rows, rolled back' : 'rows rotated' },
    ],
    lines: [
      ...databases.map(({ name, state, rows, message, remedy }): FleetLine => {
        if (state === 'failed')
          return { name, tone: 'stop', state: 'Failed', ...inSentences({ message, remedy }) };
        if (state === 'waiting') return { name, tone: 'warn', state: 'Not started' };
        return {
          name,
          tone: 'good',
          state: rehearsal ? 'Would succeed' : 'Rotated',
          ...(rows !== undefined && { rows: counted(rows, 'row') }),
        };
      }),
      ...givenUp.map(
        ({ name, key }): FleetLine => ({
          name,
          tone: 'warn',
          state: 'Given up',
          why: `It may be encrypted with key ${key}, which is kept for it.`,
        }),
      ),
    ],
  };
}

/** What keeps these databases from being rotated, as a sentence with the next step; undefined where nothing does. */
export function missingForFleet(
  { to, backupProven, rehearsed }: FleetState,
  chosen: readonly string[],
): string | undefined {
  if (chosen.length === 0) return 'Choose databases first';
  if (to === undefined) return 'To rotate, generate a new key on the Key screen';
  if (!backupProven) return 'To rotate, back up the new key and test the backup';
  const known = new Set(rehearsed);
  const missing = chosen.filter((name) => !known.has(name)).length;
  if (missing > 0) return `To rotate, rehearse first: ${counted(missing, 'database')} not rehearsed`;
  return undefined;
}

/** Databases of an unfinished rotation that have not gone over. */
export function leftOf({ record }: FleetState): string[] {
  if (!record || record.finishedAt !== undefined) return [];
  return record.databases.filter(({ state }) => state !== 'done').map(({ name }) => name);
}

function tile(count: number, label: string, tone: 'good' | 'warn' | 'stop'): StatTile {
  return { value: formatCount(count), label, ...(count > 0 && { tone }) };
}

function inSentences({ message, remedy }: { message: string | undefined; remedy: string | undefined }) {
  return {
    ...(message !== undefined && { why: asSentence(message) }),
    ...(remedy !== undefined && { remedy: asSentence(remedy) }),
  };
}

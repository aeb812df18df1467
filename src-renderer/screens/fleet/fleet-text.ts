import type { BeyondReach } from '#contract/beyond-reach';
import { counted, formatCount } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import type { FleetOutcomes, FleetProof, FleetRun, FleetState } from '#contract/fleet';
import type { Verdict } from '#contract/shapes';
import type { Tone } from '../../components/marks/badge.tsx';
import { asSentence } from '../../components/format.ts';
import type { StatTile } from '../../components/layout/stat-tiles.tsx';

/** The shape that stands for a state where colours are not seen. */
export type Mark = 'check' | 'cross' | 'bang' | 'slash' | 'tilde' | 'ring' | 'dash' | 'dot';

/** What became of one database, in words. */
export interface FleetLine {
  readonly name: string;
  readonly tone: Tone;
  readonly mark: Mark;
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

const verdicts: Readonly<Record<Verdict, Omit<FleetLine, 'name'>>> = {
  correct: { tone: 'good', mark: 'check', state: 'Proven' },
  wrong: {
    tone: 'stop',
    mark: 'slash',
    state: 'Wrong key',
    why: 'The key decrypts none of the values tried.',
  },
  mixed: {
    tone: 'stop',
    mark: 'bang',
    state: 'Partial match',
    why: 'This key does not decrypt some of the values.',
  },
  inconclusive: {
    tone: 'warn',
    mark: 'tilde',
    state: 'Inconclusive',
    why: 'There are too few values, or none.',
  },
};

/** What the active key decrypts. */
export function resultOfProof(databases: readonly FleetProof[]): FleetResult {
  const proven = databases.filter(({ verdict }) => verdict === 'correct').length;
  const unread = databases.filter(({ verdict }) => verdict === undefined).length;
  const other = databases.length - proven - unread;
  const opened = databases.reduce((sum, { opened = 0 }) => sum + opened, 0);
  return {
    title: 'What the active key decrypts',
    tiles: [
      tile(proven, 'proven', 'good'),
      tile(other, 'not proven', 'stop'),
      tile(unread, 'could not be read', 'stop'),
      { value: formatCount(opened), label: 'values decrypted' },
    ],
    lines: databases.map(({ name, verdict, opened = 0, values = 0, message, remedy }) => {
      if (verdict === undefined) return failed(name, { message, remedy });
      return {
        name,
        ...verdicts[verdict],
        rows: `${formatCount(opened)} of ${counted(values, 'value')}`,
      };
    }),
  };
}

/** What a rehearsal or rotation came to. */
export function resultOfRun({
  rehearsal,
  undo = false,
  databases,
  givenUp = [],
  beyondReach,
}: FleetRun): FleetResult {
  const of = (state: string) => databases.filter((one) => one.state === state).length;
  const rows = databases.reduce((sum, { rows = 0 }) => sum + rows, 0);
  return {
    ...(beyondReach && { beyondReach }),
    title: rehearsal ? 'Rehearsed and rolled back' : undo ? 'Undo of the fleet rotation' : 'Fleet rotation',
    tiles: [
      tile(of('done'), rehearsal ? 'would succeed' : undo ? 'rotated back' : 'rotated', 'good'),
      tile(of('failed'), rehearsal ? 'would fail' : 'failed', 'stop'),
      tile(of('waiting'), 'not started', 'warn'),
      ...(givenUp.length > 0 ? [tile(givenUp.length, 'given up', 'warn')] : []),
      { value: formatCount(rows), label: rehearsal ? 'rows, rolled back' : 'rows rotated' },
    ],
    lines: [
      ...databases.map(({ name, state, rows, message, remedy }): FleetLine => {
        if (state === 'failed') return failed(name, { message, remedy });
        if (state === 'waiting') return { name, ...notStarted };
        return {
          name,
          tone: 'good',
          mark: 'check',
          state: rehearsal ? 'Would succeed' : undo ? 'Rotated back' : 'Rotated',
          ...(rows !== undefined && { rows: counted(rows, 'row') }),
        };
      }),
      ...givenUp.map(
        ({ name, key }): FleetLine => ({
          name,
          tone: 'warn',
          mark: 'dash',
          state: 'Given up',
          why: `It may be encrypted with key ${key}, which is kept for it.`,
        }),
      ),
    ],
  };
}

/** What a sweep or a recovery of the databases on record came to. */
export function resultOfRecorded(of: 'sweep' | 'recover', { databases }: FleetOutcomes): FleetResult {
  const count = (state: string) => databases.filter((one) => one.state === state).length;
  const sweeps = of === 'sweep';
  return {
    title: sweeps ? 'Sweep for values encrypted with the previous key' : 'Recovery',
    tiles: [
      tile(count('done'), sweeps ? 'swept, nothing found' : 'settled', 'good'),
      tile(count('failed'), sweeps ? 'not clear' : 'not settled', 'stop'),
    ],
    lines: databases.map(({ name, state, message, remedy }): FleetLine => {
      if (state === 'failed') return failed(name, { message, remedy });
      if (state === 'waiting') return { name, ...notStarted };
      return { name, tone: 'good', mark: 'check', state: sweeps ? 'Nothing found' : 'Settled' };
    }),
  };
}

const notStarted = { tone: 'warn', mark: 'ring', state: 'Not started' } as const;

/** What is known of a database before any job. */
export function notChecked(name: string): FleetLine {
  return { name, tone: 'quiet', mark: 'dot', state: 'Not checked' };
}

/** How far the rotation on record has come, in a sentence. */
export function progressOnRecord({ databases, undo = false }: FleetRun): string {
  const done = databases.filter(({ state }) => state === 'done').length;
  return `${formatCount(done)} of ${counted(databases.length, 'database')} rotated${undo ? ' back' : ''}`;
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

/** What the application lacks once a fleet was rotated or undone, and the hand-off of it; undefined where it has its key, or another change came last. */
export function openHandoff({
  lastRotation,
  application,
}: Pick<EnvironmentCard, 'lastRotation' | 'application'>):
  | { readonly title: string; readonly act: string }
  | undefined {
  if (!lastRotation?.fleet || lastRotation.handedOff) return undefined;
  const key = lastRotation.undone ? 'restored' : 'new';
  return { title: `${application.name} does not have the ${key} key yet.`, act: `Hand off the ${key} key` };
}

function tile(count: number, label: string, tone: 'good' | 'warn' | 'stop'): StatTile {
  return { value: formatCount(count), label, ...(count > 0 && { tone }) };
}

function failed(name: string, why: Parameters<typeof inSentences>[0]): FleetLine {
  return { name, tone: 'stop', mark: 'cross', state: 'Failed', ...inSentences(why) };
}

function inSentences({ message, remedy }: { message: string | undefined; remedy: string | undefined }) {
  return {
    ...(message !== undefined && { why: asSentence(message) }),
    ...(remedy !== undefined && { remedy: asSentence(remedy) }),
  };
}

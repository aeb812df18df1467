import type { RotationResult, RunPhases } from '#contract/rotation';
import { formatDuration } from '../../../components/format.ts';

/** A part of a run, as its chart and the table behind it show it. */
export interface TimedPhase {
  readonly title: string;
  readonly means: string;
  /** Milliseconds since the run began. */
  readonly from: number;
  readonly to: number;
  /** Other sessions that write to these tables wait. */
  readonly writersWait: boolean;
}

const parts: readonly {
  readonly key: keyof RunPhases;
  readonly title: string;
  readonly means: string;
}[] = [
  { key: 'prepareMs', title: 'Prepare', means: 'Values are read, re-encrypted and staged' },
  {
    key: 'waitMs',
    title: 'Wait for lock',
    means: 'Transactions that were writing finish; new writers queue behind Keel',
  },
  { key: 'writeMs', title: 'Write', means: 'The staged rows are written' },
  {
    key: 'compareMs',
    title: 'Compare',
    means: 'The rest of the comparison, and rows changed in the meantime',
  },
  { key: 'commitMs', title: 'Commit', means: 'The server makes it durable' },
];

/** The parts of a run one after the other; none where an earlier Keel did not record them. Pure. */
export function timedPhases({
  phases,
  rehearsal,
}: Pick<RotationResult, 'phases' | 'rehearsal'>): TimedPhase[] {
  if (!phases) return [];
  let to = 0;
  return parts.map(({ key, title, means }) => {
    const from = to;
    to += phases[key];
    const rollsBack = rehearsal && key === 'commitMs';
    return {
      title: rollsBack ? 'Roll back' : title,
      means: rollsBack ? 'Nothing is kept' : means,
      from,
      to,
      writersWait: key !== 'prepareMs',
    };
  });
}

/** Like `Writers waited 430 ms of 1.9 s.` */
export function waitInWords(timed: readonly TimedPhase[], rehearsal: boolean): string {
  const total = timed.at(-1)?.to ?? 0;
  const wait = total - (timed.find(({ writersWait }) => writersWait)?.from ?? total);
  return `Writers ${rehearsal ? 'would wait' : 'waited'} ${formatDuration(wait)} of ${formatDuration(total)}.`;
}

/** A share of the whole, like `12 %`, `under 1 %`. */
export function shareOf({ from, to }: TimedPhase, total: number): string {
  if (to === from || total === 0) return '–';
  const share = Math.round((100 * (to - from)) / total);
  return share === 0 ? 'under 1 %' : `${share} %`;
}

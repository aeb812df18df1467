import { formatCount } from '#shared/counted';
import type { RotationResult } from '#contract/rotation';
import { certaintyInWords, formatDuration } from '../../../components/format.ts';
import { Certainty } from '../../../components/marks/certainty.tsx';
import { StatTiles } from '../../../components/layout/stat-tiles.tsx';
import { figuresOf, share } from './run-figures.ts';

export interface RunTilesProps {
  readonly result: RotationResult;
  /** The key that the values were under before, in words. */
  readonly under?: string;
}

/** A rehearsal or a rotation in four numbers. */
export function RunTiles({ result, under = 'the old key' }: RunTilesProps) {
  const { opened, values, bits } = figuresOf(result);
  const { rehearsal, rows, lockMs, totalMs } = result;
  return (
    <StatTiles
      tiles={[
        {
          value: share(opened, values),
          label: rehearsal ? `values decrypt with ${under}` : 'values were rewritten',
        },
        {
          value: certaintyInWords(bits),
          label: <Certainty bits={bits} of={`that they were encrypted with ${under}`} />,
        },
        { value: formatDuration(lockMs), label: `write lock (total ${formatDuration(totalMs)})` },
        rehearsal
          ? { value: '0', label: 'rows changed: rolled back' }
          : { value: formatCount(rows), label: 'rows read back and compared' },
      ]}
    />
  );
}

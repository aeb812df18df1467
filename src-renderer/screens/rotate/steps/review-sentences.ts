import { counted } from '#shared/counted';
import type { RotationResult } from '#contract/rotation';
import { formatDuration } from '../../../components/format.ts';
import { exclusionInWords } from '../findings/exclusion.ts';
import { sampledInWords } from '../findings/sampled-text.ts';
import { figuresOf } from '../run/run-figures.ts';

export interface Sentence {
  readonly title: string;
  readonly words: string;
}

/** What the cutover will do, in plain sentences, by what the rehearsal found. */
export function reviewSentences(
  rehearsal: RotationResult,
  excluded: readonly string[],
  leftPlaces: readonly string[] = [],
): Sentence[] {
  const { opened, left } = figuresOf(rehearsal);
  const tables = new Set(rehearsal.columns.map(({ entry }) => JSON.stringify([entry.schema, entry.table])));
  const columns = counted(rehearsal.columns.length, 'column');
  return [
    {
      title: 'Prepare, without a lock',
      words: `${counted(opened, 'value')} of ${columns} are read, re-encrypted with the new key and written to staging tables.`,
    },
    {
      title: 'Write, in one transaction',
      words: `${counted(tables.size, 'table')} ${tables.size === 1 ? 'is' : 'are'} locked against writers for about ${formatDuration(rehearsal.lockMs)}, as rehearsed; readers are not blocked. If a lock cannot be acquired within 5 s, Keel gives up and nothing changes.`,
    },
    {
      title: 'Compare, then commit',
      words: `${counted(rehearsal.rows, 'row')} are read back with the new key and compared. If one differs, everything is rolled back.`,
    },
    ...(left > 0
      ? [
          {
            title: 'Leave unchanged',
            words: `${counted(left, 'value')} ${left === 1 ? 'stays' : 'stay'} unchanged, byte for byte${excluded.length > 0 ? ` (excluded: ${excluded.map(exclusionInWords).join(', ')})` : ''}.`,
          },
        ]
      : []),
    ...(leftPlaces.length > 0
      ? [
          {
            title: 'Skip',
            words: `As you accepted, ${leftPlaces.map(exclusionInWords).join(', ')} ${leftPlaces.length === 1 ? 'is' : 'are'} outside the inventory or could not be read; values there that are encrypted with the old key are not rotated.`,
          },
        ]
      : []),
    ...(rehearsal.sampled ? [{ title: 'Sampled', words: sampledInWords }] : []),
    {
      title: 'Keep the old key',
      words: 'It stays in the key ring as retired: older database dumps and an undo need it.',
    },
  ];
}

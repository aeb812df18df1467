import { Button } from '@mantine/core';
import { artefactWords } from '../../components/artefact-text.ts';
import { StateBadge } from '../../components/marks/badge.tsx';
import { DataTable } from '../../components/layout/data-table.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { asSentence, fileName, formatDay } from '../../components/format.ts';
import { KeyStateBadge } from '../../components/marks/key-state.tsx';
import { RelativeTime } from '../../components/marks/relative-time.tsx';
import type { Artefact } from './artefacts.ts';
import styles from './backup.module.css';

export interface ArtefactTableProps {
  readonly artefacts: readonly Artefact[];
  readonly onDrill: (artefact: Artefact) => void;
}

/** Every backup that was made here or gave a key back, and when it last did. */
export function ArtefactTable({ artefacts, onDrill }: ArtefactTableProps) {
  return (
    <DataTable
      caption="Backups"
      rows={artefacts}
      rowKey={({ fingerprint, artefact, location }) => `${fingerprint} ${artefact} ${location}`}
      empty="No backups yet."
      columns={[
        {
          key: 'file',
          head: 'Backup',
          cell: (artefact) => (
            <span className={styles.artefact}>
              <span className={styles.path} title={artefact.location}>
                {fileName(artefact.location)}
              </span>
              <span className={styles.small}>{formInWords(artefact)}</span>
            </span>
          ),
        },
        {
          key: 'key',
          head: 'Restores',
          cell: ({ fingerprint, state }) => (
            <span className={styles.gives}>
              <Fingerprint value={fingerprint} copyable={false} />
              <KeyStateBadge state={state} />
            </span>
          ),
        },
        {
          key: 'last',
          head: 'Last tested',
          cell: ({ lastProven }) =>
            lastProven === undefined ? (
              <StateBadge tone="stop">never tested</StateBadge>
            ) : (
              <RelativeTime at={lastProven} />
            ),
        },
        {
          key: 'drill',
          head: 'Next',
          cell: (artefact) => (
            <Button
              variant={artefact.lastProven === undefined ? 'filled' : 'default'}
              size="xs"
              aria-label={`${drillWord(artefact)}: ${fileName(artefact.location)}`}
              onClick={() => onDrill(artefact)}
            >
              {drillWord(artefact)}
            </Button>
          ),
        },
      ]}
    />
  );
}

function drillWord({ lastProven }: Artefact): string {
  return lastProven === undefined ? 'Test backup' : 'Test again';
}

/** Like `Age file, made elsewhere`, `Set of shares, 2 of 3, made 25 Nov 2026`. */
function formInWords({ artefact, made }: Artefact): string {
  const form = asSentence(artefactWords[artefact]).replace(/\.$/, '');
  const of = made?.threshold === undefined ? '' : `, ${made.threshold} of ${made.holders?.length}`;
  return `${form}${of}, created ${made ? formatDay(made.madeAt) : 'elsewhere'}`;
}

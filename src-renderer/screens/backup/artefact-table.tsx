import { Button } from '@mantine/core';
import { artefactWords } from '../../components/artefact-words.ts';
import { StateBadge } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Fingerprint } from '../../components/fingerprint.tsx';
import { asSentence, fileName, formatDay } from '../../components/format.ts';
import { KeyStateBadge } from '../../components/key-state.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
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
      empty="No backup has been made yet."
      columns={[
        {
          key: 'file',
          head: 'Backup',
          cell: ({ location }) => (
            <span className={styles.path} title={location}>
              {fileName(location)}
            </span>
          ),
        },
        { key: 'form', head: 'Form', cell: formInWords },
        {
          key: 'key',
          head: 'Gives back',
          cell: ({ fingerprint }) => <Fingerprint value={fingerprint} copyable={false} />,
        },
        { key: 'state', head: 'Key is', cell: ({ state }) => <KeyStateBadge state={state} /> },
        {
          key: 'last',
          head: 'Last proven',
          cell: ({ lastProven }) =>
            lastProven === undefined ? (
              <StateBadge tone="stop">never drilled</StateBadge>
            ) : (
              <RelativeTime at={lastProven} />
            ),
        },
        { key: 'made', head: 'Made', cell: ({ made }) => (made ? formatDay(made.madeAt) : 'elsewhere') },
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
  return lastProven === undefined ? 'Drill it' : 'Drill again';
}

/** Like `Age file`, `Set of shares, 2 of 3`. */
function formInWords({ artefact, made }: Artefact): string {
  const form = asSentence(artefactWords[artefact]).replace(/\.$/, '');
  if (made?.threshold === undefined) return form;
  return `${form}, ${made.threshold} of ${made.holders?.length}`;
}

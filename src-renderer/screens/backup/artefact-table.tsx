import { Button } from '@mantine/core';
import { DataTable } from '../../components/data-table.tsx';
import { Fingerprint } from '../../components/fingerprint.tsx';
import { formatDay } from '../../components/format.ts';
import { KeyStateBadge } from '../../components/key-state.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import type { Artefact } from './artefacts.ts';
import styles from './backup.module.css';
import { fileName } from './drill-words.ts';

export interface ArtefactTableProps {
  readonly artefacts: readonly Artefact[];
  readonly onDrill: (artefact: Artefact) => void;
}

/** Every file that gave a key back, and when it last did. */
export function ArtefactTable({ artefacts, onDrill }: ArtefactTableProps) {
  return (
    <DataTable
      caption="Backups that were proven"
      rows={artefacts}
      rowKey={({ fingerprint, location }) => `${fingerprint} ${location}`}
      empty="No backup has been proven yet."
      columns={[
        {
          key: 'file',
          head: 'age file',
          cell: ({ location }) => (
            <span className={styles.path} title={location}>
              {fileName(location)}
            </span>
          ),
        },
        {
          key: 'key',
          head: 'Gives back',
          cell: ({ fingerprint }) => <Fingerprint value={fingerprint} copyable={false} />,
        },
        { key: 'state', head: 'Key is', cell: ({ state }) => <KeyStateBadge state={state} /> },
        { key: 'last', head: 'Last proven', cell: ({ lastProven }) => <RelativeTime at={lastProven} /> },
        { key: 'first', head: 'First proven', cell: ({ firstProven }) => formatDay(firstProven) },
        { key: 'drills', head: 'Drills', numeric: true, cell: ({ drills }) => drills },
        {
          key: 'drill',
          head: 'Next',
          cell: (artefact) => (
            <Button
              variant="default"
              size="xs"
              aria-label={`Drill again: ${fileName(artefact.location)}`}
              onClick={() => onDrill(artefact)}
            >
              Drill again
            </Button>
          ),
        },
      ]}
    />
  );
}

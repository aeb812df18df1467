import { Button } from '@mantine/core';
import type { MatrixCell, MatrixDatabase, MatrixKey } from '#contract/matrix';
import { StateBadge } from '../../components/marks/badge.tsx';
import { DataTable } from '../../components/layout/data-table.tsx';
import { Certainty } from '../../components/marks/certainty.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import styles from './matrix.module.css';
import { cellAt, cellInWords, rowInWords } from './matrix-text.ts';

export interface MatrixTableProps {
  readonly keys: readonly MatrixKey[];
  readonly databases: readonly MatrixDatabase[];
  readonly cells: readonly MatrixCell[];
  readonly busy: boolean;
  readonly onProve: (key: string, database: string) => void;
  readonly onTakeAway: (id: string) => void;
}

/** Keys down, databases across; each cell says what the key opens there, or proves it. */
export function MatrixTable(props: MatrixTableProps) {
  const { keys, databases, cells, busy, onProve, onTakeAway } = props;
  return (
    <DataTable
      caption="Which key decrypts what"
      rows={keys}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'key',
          head: 'Key',
          cell: (key) => (
            <div className={styles.name}>
              <Fingerprint value={key.fingerprint} copyable={false} />
              <span className={styles.quiet} title={key.from}>
                {rowInWords(key)}
              </span>
              {key.from !== undefined && (
                <button
                  type="button"
                  className={styles.away}
                  aria-label={`Remove the key ${rowInWords(key)}`}
                  onClick={() => onTakeAway(key.id)}
                >
                  Remove
                </button>
              )}
            </div>
          ),
        },
        ...databases.map((database) => ({
          key: database.id,
          head: database.label,
          cell: (key: MatrixKey) => (
            <Cell
              cell={cellAt(cells, key.id, database.id)}
              label={`${key.fingerprint} ${rowInWords(key)} on ${database.label}`}
              busy={busy}
              onProve={() => onProve(key.id, database.id)}
            />
          ),
        })),
      ]}
    />
  );
}

interface CellProps {
  readonly cell: MatrixCell | undefined;
  readonly label: string;
  readonly busy: boolean;
  readonly onProve: () => void;
}

function Cell({ cell, label, busy, onProve }: CellProps) {
  const words = cell && cellInWords(cell.result);
  return (
    <div className={styles.cell}>
      {words ? (
        <>
          <StateBadge tone={words.tone}>{words.word}</StateBadge>
          <span>{words.says}</span>
          {words.bits !== undefined && <Certainty bits={words.bits} />}
          <button
            type="button"
            className={styles.away}
            disabled={busy}
            aria-label={`Prove again: ${label}`}
            onClick={onProve}
          >
            Again
          </button>
        </>
      ) : (
        <Button variant="default" size="xs" disabled={busy} aria-label={`Prove ${label}`} onClick={onProve}>
          Prove
        </Button>
      )}
    </div>
  );
}

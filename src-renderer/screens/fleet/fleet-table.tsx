import { Button, Checkbox } from '@mantine/core';
import { StateBadge } from '../../components/marks/badge.tsx';
import { type DataColumn, DataTable } from '../../components/layout/data-table.tsx';
import { LongText } from '../../components/layout/long-text.tsx';
import styles from './fleet.module.css';
import type { FleetLine } from './fleet-text.ts';

export interface FleetTableProps {
  readonly names: readonly string[];
  readonly lines: readonly FleetLine[];
  readonly chosen: ReadonlySet<string>;
  /** They have gone over already, or were given up. */
  readonly over: ReadonlySet<string>;
  readonly disabled: boolean;
  readonly onChoose: (name: string, on: boolean) => void;
  /** Databases of the unfinished rotation that did not go over, and those that were given up. */
  readonly left: ReadonlySet<string>;
  readonly givenUp: ReadonlySet<string>;
  readonly onGiveUp: (name: string, withdraw: boolean) => void;
}

/** The databases that may be chosen, each with what became of it. */
export function FleetTable(props: FleetTableProps) {
  const { names, lines, chosen, over, disabled, onChoose, left, givenUp, onGiveUp } = props;
  const known = new Map(lines.map((line) => [line.name, line]));
  const columns: DataColumn<string>[] = [
    {
      key: 'database',
      head: 'Database',
      cell: (name) => (
        <Checkbox
          label={<span className={styles.name}>{name}</span>}
          checked={chosen.has(name)}
          disabled={disabled || over.has(name)}
          onChange={(event) => onChoose(name, event.currentTarget.checked)}
        />
      ),
    },
    {
      key: 'state',
      head: 'State',
      cell: (name) => {
        const line = known.get(name);
        return <StateBadge tone={line?.tone ?? 'quiet'}>{line?.state ?? 'Not checked'}</StateBadge>;
      },
    },
    {
      key: 'rows',
      head: 'Decrypted or rewritten',
      numeric: true,
      cell: (name) => <span className={styles.rows}>{known.get(name)?.rows}</span>,
    },
    {
      key: 'why',
      head: 'Details',
      cell: (name) => {
        const line = known.get(name);
        return (
          <span className={styles.why}>
            {line?.why !== undefined && <LongText text={line.why} />}
            {line?.remedy !== undefined && (
              <span className={styles.detail}>
                <LongText text={line.remedy} />
              </span>
            )}
            {(givenUp.has(name) || (left.has(name) && line?.state === 'Failed')) && (
              <Button
                size="compact-xs"
                variant="default"
                disabled={disabled}
                aria-label={givenUp.has(name) ? `Include ${name} again` : `Give up ${name}`}
                onClick={() => onGiveUp(name, givenUp.has(name))}
              >
                {givenUp.has(name) ? 'Include again' : 'Give up'}
              </Button>
            )}
          </span>
        );
      },
    },
  ];
  return (
    <DataTable
      caption="Databases of the fleet and their results"
      columns={columns}
      rows={names}
      rowKey={(name) => name}
      empty="No database name on the server matches. In a pattern, % matches any text, and _ matches one character."
    />
  );
}

import { Checkbox } from '@mantine/core';
import { StateBadge } from '../../components/marks/badge.tsx';
import { type DataColumn, DataTable } from '../../components/layout/data-table.tsx';
import styles from './fleet.module.css';
import { type FleetLine, notChecked } from './fleet-text.ts';
import { type GivingUp, MemberDetails } from './member-details.tsx';

export interface FleetTableProps extends GivingUp {
  readonly names: readonly string[];
  readonly lines: readonly FleetLine[];
  readonly chosen: ReadonlySet<string>;
  /** They have gone over already, or were given up. */
  readonly over: ReadonlySet<string>;
  readonly disabled: boolean;
  readonly onChoose: (name: string, on: boolean) => void;
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
        const { tone, state } = known.get(name) ?? notChecked(name);
        return <StateBadge tone={tone}>{state}</StateBadge>;
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
      cell: (name) => (
        <MemberDetails
          name={name}
          line={known.get(name)}
          disabled={disabled}
          left={left}
          givenUp={givenUp}
          onGiveUp={onGiveUp}
        />
      ),
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

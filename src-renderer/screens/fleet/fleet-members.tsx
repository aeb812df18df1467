import { useState } from 'react';
import { Card } from '../../components/layout/card.tsx';
import styles from './fleet.module.css';
import { FleetGrid } from './fleet-grid.tsx';
import { FleetTable, type FleetTableProps } from './fleet-table.tsx';

/** So many databases are seen as well in a table. */
const fewDatabases = 12;

/** The databases of a fleet as a grid, and the table behind it, in which they are chosen. */
export function FleetMembers(props: FleetTableProps) {
  const { names, lines, disabled, left, givenUp, onGiveUp } = props;
  const [open, setOpen] = useState(names.length <= fewDatabases);
  return (
    <Card padded={false}>
      {names.length > 0 && <FleetGrid {...{ names, lines, disabled, left, givenUp, onGiveUp }} />}
      <details
        className={styles.table}
        open={open || names.length === 0}
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary>Show as a table, to choose databases</summary>
        {(open || names.length === 0) && <FleetTable {...props} />}
      </details>
    </Card>
  );
}

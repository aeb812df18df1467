import { VisuallyHidden } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import styles from './data-table.module.css';

export interface DataColumn<Row> {
  readonly key: string;
  /** With its unit, where the cells are bare numbers. */
  readonly head: string;
  /** Right-aligned. */
  readonly numeric?: boolean;
  readonly mono?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

export interface DataTableProps<Row> {
  /** What the table lists; read out, not shown. */
  readonly caption: string;
  readonly columns: readonly DataColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Makes the rows places to go: Enter or a click opens one, arrows move between them. */
  readonly onOpen?: (row: Row) => void;
  readonly selected?: string;
  /** Shown instead of rows where there are none. */
  readonly empty?: ReactNode;
  /** Scrolls within this height, in pixels, under its head. */
  readonly maxHeight?: number;
}

/** Rows with aligned numbers. The first column names the row. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, onOpen, selected, empty, maxHeight } = props;
  const body = useRef<HTMLTableSectionElement>(null);

  const onKeyDown = (event: KeyboardEvent<HTMLTableRowElement>, row: Row, at: number) => {
    if (!onOpen || event.target !== event.currentTarget) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      (body.current?.rows[to] as HTMLElement | undefined)?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onOpen(row);
    }
  };

  return (
    <div
      className={styles.scroller}
      role="region"
      aria-label={caption}
      // a region that scrolls must be reached by the keyboard
      tabIndex={0}
      style={maxHeight === undefined ? {} : { maxHeight }}
    >
      <table className={styles.table}>
        <caption>
          <VisuallyHidden>{caption}</VisuallyHidden>
        </caption>
        <thead>
          <tr>
            {columns.map(({ key, head, numeric }) => (
              <th key={key} scope="col" data-numeric={numeric}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.length === 0 && empty !== undefined && (
            <tr>
              <td className={styles.empty} colSpan={columns.length}>
                {empty}
              </td>
            </tr>
          )}
          {rows.map((row, at) => {
            const key = rowKey(row);
            return (
              <tr
                key={key}
                data-opens={onOpen !== undefined}
                aria-current={selected === key ? 'true' : undefined}
                tabIndex={onOpen ? 0 : undefined}
                onClick={onOpen && (() => onOpen(row))}
                onKeyDown={(event) => onKeyDown(event, row, at)}
              >
                {columns.map(({ key, numeric, mono, cell }, column) => {
                  const Cell = column === 0 ? 'th' : 'td';
                  return (
                    <Cell
                      key={key}
                      {...(column === 0 && { scope: 'row' })}
                      data-numeric={numeric}
                      data-mono={mono}
                    >
                      {cell(row)}
                    </Cell>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

import { VisuallyHidden } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { Icon } from '../marks/icon.tsx';
import styles from './data-table.module.css';
import { useRowsInSight } from './use-rows-in-sight.ts';
import { type Sorting, type SortValue, useSortedRows } from './use-sorted-rows.ts';

export interface DataColumn<Row> {
  readonly key: string;
  /** With its unit, where the cells are bare numbers. */
  readonly head: string;
  /** Right-aligned. */
  readonly numeric?: boolean;
  readonly mono?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** Makes the head a button that sorts by this. */
  readonly sortBy?: (row: Row) => SortValue;
}

export interface DataTableProps<Row> {
  /** What the table lists; read out, not shown. */
  readonly caption: string;
  readonly columns: readonly DataColumn<Row>[];
  /** Of a table of `rowHeight`: a place is empty until its row is read. */
  readonly rows: readonly (Row | undefined)[];
  readonly rowKey: (row: Row) => string;
  /** Makes the rows places to go: Enter or a click opens one, arrows move between them. */
  readonly onOpen?: (row: Row) => void;
  readonly selected?: string;
  /** Shown instead of rows where there are none. */
  readonly empty?: ReactNode;
  /** Scrolls within this height, in pixels, under its head. */
  readonly maxHeight?: number;
  /** Of every row, in pixels: then only rows in sight are in the document. Needs `maxHeight`. */
  readonly rowHeight?: number;
  /** The rows from one place to before another came in sight, and may have to be read. */
  readonly onSight?: (first: number, last: number) => void;
}

/** Rows with aligned numbers. The first column names the row. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rowKey, onOpen, selected, empty, maxHeight, rowHeight, onSight } = props;
  const { rows, sorting, toggle } = useSortedRows(props.rows, columns);
  const sight = useRowsInSight(rows.length, { rowHeight, maxHeight });
  const scroller = useRef<HTMLDivElement>(null);
  /** The place of the row that is to have the focus, until it is in the document. */
  const wanted = useRef<number>(undefined);

  useEffect(() => {
    if (wanted.current === undefined) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-at="${wanted.current}"]`);
    if (!row) return;
    wanted.current = undefined;
    row.focus();
  });

  const { first, last } = sight;
  const count = rows.length;
  useEffect(() => {
    if (count > 0) onSight?.(first, last);
  }, [onSight, first, last, count]);

  const focusRow = (at: number) => {
    const row = scroller.current?.querySelector<HTMLElement>(`[data-at="${at}"]`);
    if (row) row.focus();
    else if (rowHeight !== undefined && at >= 0 && at < rows.length) {
      wanted.current = at;
      scroller.current?.scrollTo({ top: at * rowHeight });
    }
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTableRowElement>, row: Row | undefined, at: number) => {
    if (!onOpen || event.target !== event.currentTarget) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      focusRow(to);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (row !== undefined) onOpen(row);
    }
  };

  return (
    <div
      className={styles.scroller}
      role="region"
      aria-label={caption}
      // a region that scrolls must be reached by the keyboard
      tabIndex={0}
      ref={scroller}
      onScroll={sight.onScroll}
      style={maxHeight === undefined ? {} : { maxHeight }}
    >
      <table className={styles.table} {...(rowHeight !== undefined && { 'aria-rowcount': rows.length + 1 })}>
        <caption>
          <VisuallyHidden>{caption}</VisuallyHidden>
        </caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.key} column={column} sorting={sorting} onSort={toggle} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.length === 0 && empty !== undefined && (
            <tr>
              <td className={styles.empty} colSpan={columns.length}>
                {empty}
              </td>
            </tr>
          )}
          <Room height={sight.above} />
          {Array.from({ length: last - first }, (_, place) => {
            const at = first + place;
            const row = rows[at];
            const key = row === undefined ? undefined : rowKey(row);
            return (
              <tr
                // a row that is read keeps the focus that its place had
                key={rowHeight === undefined ? key : at}
                data-at={at}
                {...(rowHeight !== undefined && { 'aria-rowindex': at + 2, style: { height: rowHeight } })}
                data-opens={onOpen !== undefined}
                aria-current={key !== undefined && selected === key ? 'true' : undefined}
                tabIndex={onOpen ? 0 : undefined}
                onClick={row !== undefined && onOpen ? () => onOpen(row) : undefined}
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
                      {row === undefined ? column === 0 && <Unread /> : cell(row)}
                    </Cell>
                  );
                })}
              </tr>
            );
          })}
          <Room height={sight.below} />
        </tbody>
      </table>
    </div>
  );
}

/** In place of a row that is on its way. */
function Unread() {
  return <span className={styles.unread}>Loading…</span>;
}

/** In place of rows that are out of sight. */
function Room({ height }: { readonly height: number }) {
  return height > 0 && <tr aria-hidden="true" className={styles.room} style={{ height }} />;
}

interface HeadProps<Row> {
  readonly column: DataColumn<Row>;
  readonly sorting: Sorting | undefined;
  readonly onSort: (key: string) => void;
}

function Head<Row>({ column: { key, head, numeric, sortBy }, sorting, onSort }: HeadProps<Row>) {
  if (!sortBy)
    return (
      <th scope="col" data-numeric={numeric}>
        {head}
      </th>
    );
  const order = sorting?.key !== key ? 'none' : sorting.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" data-numeric={numeric} aria-sort={order}>
      <button type="button" className={styles.sort} data-order={order} onClick={() => onSort(key)}>
        {head}
        <Icon name="choose" size={11} />
      </button>
    </th>
  );
}

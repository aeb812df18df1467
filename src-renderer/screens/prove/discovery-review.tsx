import { useMemo, useState } from 'react';
import { counted, formatCount } from '#shared/counted';
import type { EncryptedColumn } from '#contract/inventory';
import type { Discovery } from '#contract/rotation';
import { Card } from '../../components/layout/card.tsx';
import { columnKey, columnName, entryKey, formInWords, kindInWords } from '../../components/column-text.ts';
import { DataTable } from '../../components/layout/data-table.tsx';
import { FilterField } from '../../components/fields/filter-field.tsx';
import { holdsWords } from '../../components/fields/holds-words.ts';
import { TickBox } from '../../components/fields/tick-box.tsx';
import { asSentence } from '../../components/format.ts';
import styles from './prove.module.css';
import { type ReviewRow } from './review.ts';

export interface DiscoveryReviewProps {
  readonly rows: readonly ReviewRow[];
  readonly found: Discovery;
  /** Keys of the rows that are taken. */
  readonly taken: ReadonlySet<string>;
  readonly onTake: (keys: readonly string[], taken: boolean) => void;
}

/** Fewer are seen at a glance. */
const manyRows = 12;

/** What was found, for the admin to judge: columns with the reason for each, and what is not proposed or was not sampled. */
export function DiscoveryReview({ rows, found, taken, onTake }: DiscoveryReviewProps) {
  const { unresolved, unopened, skipped } = found;
  const [typed, setTyped] = useState('');
  const shown = useMemo(() => rows.filter((row) => holdsWords(textOf(row), typed)), [rows, typed]);
  const ticked = shown.filter(({ key }) => taken.has(key)).length;
  return (
    <>
      {rows.length > 0 && (
        <Card title={`${counted(rows.length, 'encrypted column')} to review`} padded={false}>
          {rows.length > manyRows && (
            <div className={styles.bar} role="search">
              <TickBox
                label={`${typed.trim() === '' ? 'All' : 'All shown'}: ${formatCount(ticked)} of ${formatCount(shown.length)} selected`}
                checked={shown.length > 0 && ticked === shown.length}
                mixed={ticked > 0 && ticked < shown.length}
                disabled={shown.length === 0}
                onChange={(on) =>
                  onTake(
                    shown.map(({ key }) => key),
                    on,
                  )
                }
              />
              <FilterField
                what="columns"
                placeholder="Table, column, kind, format or reason"
                value={typed}
                onChange={setTyped}
                className={styles.filter}
              />
            </div>
          )}
          <DataTable
            caption="Encrypted columns found"
            rows={shown}
            rowKey={({ key }) => key}
            empty="No matching columns."
            {...(rows.length > manyRows && { maxHeight: 560 })}
            columns={[
              {
                key: 'column',
                head: 'Column',
                sortBy: ({ entry }) => columnName(entry),
                cell: ({ key, entry }) => (
                  <TickBox
                    label={<code>{columnName(entry)}</code>}
                    checked={taken.has(key)}
                    onChange={(on) => onTake([key], on)}
                  />
                ),
              },
              {
                key: 'kind',
                head: 'Kind',
                sortBy: ({ entry }) => kindInWords(entry.kind),
                cell: ({ entry }) => kindInWords(entry.kind),
              },
              {
                key: 'layout',
                head: 'Format',
                sortBy: ({ entry }) => formInWords(entry),
                cell: FormToReview,
              },
              {
                key: 'why',
                head: 'Why',
                sortBy: ({ why }) => why,
                cell: ({ why }) => <span className={styles.why}>{why}</span>,
              },
            ]}
          />
        </Card>
      )}
      {unresolved.length > 0 && (
        <Card title={`${counted(unresolved.length, 'column')} with an uncertain format`} padded={false}>
          <p className={styles.lead}>
            These values are encrypted with the key, but Keel does not know for certain where their IV is. A
            rotation would lose the beginning of each value, so it is blocked until this is resolved; these
            columns can be neither excluded nor accepted. Find out where the application stores the IV of
            these values.
          </p>
          <DataTable
            caption="Columns encrypted with the key whose format is uncertain"
            rows={unresolved}
            rowKey={({ entry, why }) => `${columnKey(entry)} ${why}`}
            columns={columnsWithoutForm}
          />
        </Card>
      )}
      {unopened.length > 0 && (
        <Card title="Look encrypted, but not proposed" padded={false}>
          <DataTable
            caption="Columns that look encrypted and are not proposed"
            rows={unopened}
            rowKey={({ entry }) => entryKey(entry)}
            columns={columnsOfUnopened}
          />
        </Card>
      )}
      {skipped.length > 0 && (
        <Card title={`Not sampled · ${skipped.length}`}>
          <ul className={styles.list}>
            {skipped.map((table) => (
              <li key={table}>{asSentence(table, false)}</li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

function textOf({ entry, why }: ReviewRow): string {
  return `${entry.schema}.${columnName(entry)} ${kindInWords(entry.kind)} ${formInWords(entry)} ${why}`;
}

function FormToReview({ entry, formBefore }: ReviewRow) {
  return (
    <>
      {formInWords(entry)}
      {formBefore !== undefined && <p className={styles.why}>instead of {formBefore}</p>}
    </>
  );
}

const columnOf = {
  key: 'column',
  head: 'Column',
  mono: true,
  cell: ({ entry }: { entry: EncryptedColumn }) => columnName(entry),
};
const whyOf = {
  key: 'why',
  head: 'Why',
  cell: ({ why }: { why: string }) => <span className={styles.why}>{why}</span>,
};
const columnsWithoutForm = [columnOf, whyOf];
const columnsOfUnopened = [
  columnOf,
  {
    key: 'layout',
    head: 'Format',
    cell: ({ entry }: { entry: EncryptedColumn }) => formInWords(entry),
  },
  whyOf,
];

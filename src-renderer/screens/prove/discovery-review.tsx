import { Checkbox } from '@mantine/core';
import type { EncryptedColumn } from '#contract/inventory';
import type { Discovery } from '#contract/rotation';
import { Card } from '../../components/card.tsx';
import { columnKey, columnName, formInWords, kindInWords } from '../../components/column-words.ts';
import { DataTable } from '../../components/data-table.tsx';
import { asSentence, formatCounted } from '../../components/format.ts';
import styles from './prove.module.css';
import { type ReviewRow } from './review.ts';

export interface DiscoveryReviewProps {
  readonly rows: readonly ReviewRow[];
  readonly found: Discovery;
  /** Keys of the rows that are taken. */
  readonly taken: ReadonlySet<string>;
  readonly onTake: (key: string, taken: boolean) => void;
}

/** What was found, for the admin to judge: columns with the reason for each, and what could not be opened or looked at. */
export function DiscoveryReview({ rows, found, taken, onTake }: DiscoveryReviewProps) {
  const { unopened, skipped } = found;
  return (
    <>
      {rows.length > 0 && (
        <Card title={`${formatCounted(rows.length, 'encrypted column')} to review`} padded={false}>
          <DataTable
            caption="Encrypted columns that were found"
            rows={rows}
            rowKey={({ key }) => key}
            columns={[
              {
                key: 'column',
                head: 'Column',
                cell: ({ key, entry }) => (
                  <Checkbox
                    label={<code>{columnName(entry)}</code>}
                    checked={taken.has(key)}
                    onChange={(event) => onTake(key, event.currentTarget.checked)}
                  />
                ),
              },
              { key: 'kind', head: 'Kind', cell: ({ entry }) => kindInWords(entry.kind) },
              { key: 'layout', head: 'Form', cell: ({ entry }) => formInWords(entry) },
              { key: 'why', head: 'Why', cell: ({ why }) => <span className={styles.why}>{why}</span> },
            ]}
          />
        </Card>
      )}
      {unopened.length > 0 && (
        <Card title="Look encrypted, but are not proposed" padded={false}>
          <DataTable
            caption="Columns that look encrypted and are not proposed"
            rows={unopened}
            rowKey={({ entry }) => columnKey(entry)}
            columns={columnsOfUnopened}
          />
        </Card>
      )}
      {skipped.length > 0 && (
        <Card title="Could not be looked at">
          <ul className={styles.list}>
            {skipped.map((table) => (
              <li key={table}>{asSentence(table).replace(/^./, table.charAt(0))}</li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

const columnsOfUnopened = [
  {
    key: 'column',
    head: 'Column',
    mono: true,
    cell: ({ entry }: { entry: EncryptedColumn }) => columnName(entry),
  },
  {
    key: 'layout',
    head: 'Form',
    cell: ({ entry }: { entry: EncryptedColumn }) => formInWords(entry),
  },
  { key: 'why', head: 'Why', cell: ({ why }: { why: string }) => <span className={styles.why}>{why}</span> },
];

import { Button } from '@mantine/core';
import { formatCount } from '#shared/counted';
import type { ColumnProof } from '#contract/shapes';
import { StateBadge, VerdictBadge } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { columnName, entryKey, kindInWords } from '../../components/column-text.ts';
import { DataTable } from '../../components/layout/data-table.tsx';
import { asSentence } from '../../components/format.ts';
import { Notice } from '../../components/notices/notice.tsx';
import { barOf } from './proof-shares.ts';
import styles from './prove.module.css';
import { ShareBar, ShareLegend } from './share-bar.tsx';

function VerdictCell({ verdict, hint }: ColumnProof) {
  if (hint !== undefined) return <StateBadge tone="warn">Uncertain format</StateBadge>;
  return <VerdictBadge verdict={verdict} />;
}

export interface ProofTableProps {
  readonly columns: readonly ColumnProof[];
  /** Names of what is left as it is. */
  readonly excluded: readonly string[];
  /** Looks for the columns again; their right form is proposed there. */
  readonly onFindForm: () => void;
}

/** What the key opens, column by column. */
export function ProofTable({ columns, excluded, onFindForm }: ProofTableProps) {
  const bars = columns.map((column) => barOf(column, excluded));
  const count = (key: string, head: string, value: (column: ColumnProof) => number) => ({
    key,
    head,
    numeric: true,
    sortBy: value,
    cell: (column: ColumnProof) => formatCount(Math.floor(value(column))),
  });
  const hinted = columns.filter(({ hint }) => hint !== undefined);
  return (
    <>
      <Card padded={false}>
        <ShareLegend bars={bars} />
        <DataTable
          caption="What the key decrypts, by column"
          rows={columns}
          rowKey={({ entry }) => entryKey(entry)}
          columns={[
            {
              key: 'column',
              head: 'Column',
              mono: true,
              sortBy: ({ entry }) => columnName(entry),
              cell: ({ entry }) => columnName(entry),
            },
            {
              key: 'share',
              head: 'Shares',
              cell: (column) => column.rows > 0 && <ShareBar bar={barOf(column, excluded)} />,
            },
            { key: 'kind', head: 'Kind', cell: ({ entry }) => kindInWords(entry.kind) },
            count('values', 'Values', ({ rows }) => rows),
            count('proven', 'Proven', ({ proven }) => proven),
            count('short', 'Too short', ({ inconclusive }) => inconclusive),
            count('noise', 'Not decrypted', ({ contradicted }) => contradicted),
            count('form', 'Other format', ({ unrecognised }) => unrecognised),
            { key: 'verdict', head: 'Verdict', cell: VerdictCell },
          ]}
        />
      </Card>
      {hinted.length > 0 && (
        <Notice
          tone="warn"
          title={
            hinted.length === 1
              ? 'One column is most likely in a different format than the inventory says.'
              : `${hinted.length} columns are most likely in a different format than the inventory says.`
          }
          remedy="Keel scans for the encrypted columns again and proposes a format for each. You review it before it is used."
          action={
            <Button variant="default" onClick={onFindForm}>
              Find the right format
            </Button>
          }
        >
          <ul className={styles.list}>
            {hinted.map(({ entry, hint = '' }) => (
              <li key={entryKey(entry)}>
                <code>{columnName(entry)}</code>: {asSentence(hint, false)}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

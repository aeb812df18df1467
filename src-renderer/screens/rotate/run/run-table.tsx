import { formatCount } from '#shared/counted';
import type { RotationResult } from '#contract/rotation';
import { StateBadge } from '../../../components/marks/badge.tsx';
import { Card } from '../../../components/layout/card.tsx';
import { columnKey, columnName, formInWords, kindInWords } from '../../../components/column-text.ts';
import { type DataColumn, DataTable } from '../../../components/layout/data-table.tsx';
import { columnVerdict, type RotatedColumn } from './run-figures.ts';

const columns: readonly DataColumn<RotatedColumn>[] = [
  { key: 'column', head: 'Column', mono: true, cell: ({ entry }) => columnName(entry) },
  { key: 'kind', head: 'Kind', cell: ({ entry }) => kindInWords(entry.kind) },
  { key: 'layout', head: 'Format', cell: ({ entry }) => formInWords(entry) },
  { key: 'rows', head: 'Rows', numeric: true, cell: ({ rewritten }) => formatCount(rewritten) },
  {
    key: 'left',
    head: 'Unchanged',
    numeric: true,
    cell: ({ left }) => (left === 0 ? '–' : formatCount(left)),
  },
  {
    key: 'verdict',
    head: 'Verdict',
    cell: (column) => {
      const { tone, word } = columnVerdict(column);
      return <StateBadge tone={tone}>{word}</StateBadge>;
    },
  },
];

/** A run column by column: how many values were rewritten, how many left, and on what evidence. */
export function RunTable({ result }: { readonly result: RotationResult }) {
  return (
    <Card padded={false}>
      <DataTable
        caption={result.rehearsal ? 'Columns of the rehearsal' : 'Columns of the rotation'}
        columns={columns}
        rows={result.columns}
        rowKey={({ entry }) => columnKey(entry)}
      />
    </Card>
  );
}

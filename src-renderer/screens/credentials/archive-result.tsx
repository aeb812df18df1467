import type { ArchiveComparison } from '#contract/credentials';
import { columnKey, columnName } from '../../components/column-words.ts';
import { type DataColumn, DataTable } from '../../components/data-table.tsx';
import { formatCount, formatCounted } from '../../components/format.ts';
import { Notice } from '../../components/notice.tsx';
import { ArchiveOrigin } from './archive-facts.tsx';
import { type ComparedColumn, differenceWords, differing } from './comparison.ts';

/** How an archive compares with the database, and which credentials are not the same. */
export function ArchiveResult({ comparison }: { readonly comparison: ArchiveComparison }) {
  const { archive, columns, differences, unkeyed } = comparison;
  const others = differing(columns);
  return (
    <>
      <ArchiveOrigin archive={archive} />
      <Notice
        live
        tone={others === 0 ? 'good' : 'warn'}
        title={
          others === 0
            ? 'The database holds what the archive holds.'
            : `${formatCounted(others, 'credential is', 'credentials are')} not the same here and there.`
        }
        {...(unkeyed > 0 && {
          remedy: `${formatCounted(unkeyed, 'credential')} of tables without a primary key could not be compared.`,
        })}
      />
      <DataTable
        caption="Archive and database"
        columns={countColumns}
        rows={columns}
        rowKey={({ entry }) => columnKey(entry)}
      />
      {differences.length > 0 && (
        <DataTable
          caption="Credentials that are not the same"
          columns={differenceColumns}
          rows={differences}
          rowKey={(difference) => JSON.stringify(difference)}
          maxHeight={260}
        />
      )}
    </>
  );
}

const count = (key: Exclude<keyof ComparedColumn, 'entry'>, head: string): DataColumn<ComparedColumn> => ({
  key,
  head,
  numeric: true,
  cell: (column) => formatCount(column[key]),
});

const countColumns: readonly DataColumn<ComparedColumn>[] = [
  { key: 'column', head: 'Column', cell: ({ entry }) => columnName(entry) },
  count('equal', 'Equal'),
  count('differs', 'Differs'),
  count('unopened', 'Not opened'),
  count('missing', 'Missing'),
  count('added', 'New'),
];

const differenceColumns: readonly DataColumn<ArchiveComparison['differences'][number]>[] = [
  { key: 'row', head: 'Row', mono: true, cell: ({ row }) => row },
  { key: 'column', head: 'Column', cell: ({ entry }) => columnName(entry) },
  { key: 'what', head: 'What', cell: ({ comparison }) => differenceWords[comparison] },
];

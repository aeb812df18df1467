import { counted, formatCount } from '#shared/counted';
import type { ArchiveComparison } from '#contract/credentials';
import { columnKey, columnName } from '../../components/column-text.ts';
import { type DataColumn, DataTable } from '../../components/layout/data-table.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { ArchiveOrigin } from './archive-facts.tsx';
import { type ComparedColumn, differenceWords, sumOf, whyLeft } from './comparison.ts';

/** How an archive compares with the database, and which credentials are not the same. */
export function ArchiveResult({ comparison }: { readonly comparison: ArchiveComparison }) {
  const { archive, columns, differences, differing: others, unkeyed } = comparison;
  return (
    <>
      <ArchiveOrigin archive={archive} />
      <Notice
        live
        tone={others === 0 ? 'good' : 'warn'}
        title={
          others === 0
            ? 'The database matches the archive.'
            : `${counted(others, 'credential differs', 'credentials differ')} between the archive and the database.`
        }
        {...(unkeyed > 0 && {
          remedy: `${counted(unkeyed, 'credential')} in tables without a primary key could not be compared.`,
        })}
      />
      <DataTable
        caption="Archive and database"
        columns={[...always, ...occurring.filter(({ key }) => sumOf(columns, key) > 0)]}
        rows={columns}
        rowKey={({ entry }) => columnKey(entry)}
      />
      {differences.length > 0 && (
        <DataTable
          caption="Credentials that differ"
          columns={differenceColumns}
          rows={differences}
          rowKey={(difference) => JSON.stringify(difference)}
          maxHeight={260}
        />
      )}
    </>
  );
}

type Count = Exclude<keyof ComparedColumn, 'entry'>;

const count = <Key extends Count>(key: Key, head: string): DataColumn<ComparedColumn> & { key: Key } => ({
  key,
  head,
  numeric: true,
  cell: (column) => formatCount(column[key]),
});

const always: readonly DataColumn<ComparedColumn>[] = [
  { key: 'column', head: 'Column', cell: ({ entry }) => columnName(entry) },
  count('equal', 'Equal'),
];

/** Shown where they are not all zero. */
const occurring = [
  count('differs', 'Differs'),
  count('unopened', 'Not decrypted'),
  count('foreign', 'Other format'),
  count('valueMissing', 'No value'),
  count('rowMissing', 'No row'),
  count('added', 'New'),
];

const differenceColumns: readonly DataColumn<ArchiveComparison['differences'][number]>[] = [
  { key: 'row', head: 'Row', mono: true, cell: ({ row }) => row },
  {
    key: 'column',
    head: 'Column',
    cell: ({ entry, leaf }) => columnName(leaf ? { ...entry, path: leaf } : entry),
  },
  { key: 'what', head: 'Difference', cell: ({ comparison }) => differenceWords[comparison] },
  { key: 'writable', head: 'Can be written back', cell: whyLeft },
];

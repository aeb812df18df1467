import { counted, formatCount } from '#shared/counted';
import type { ArchiveSummary } from '#contract/credentials';
import { columnKey, columnName, kindInWords } from '../../components/column-text.ts';
import { type DataColumn, DataTable } from '../../components/layout/data-table.tsx';
import { Facts } from '../../components/layout/facts.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { formatMoment } from '../../components/format.ts';

/** Where an archive comes from. */
export function ArchiveOrigin({ archive }: Pick<ArchiveSummary, 'archive'>) {
  const { environment, database, createdAt, fingerprint } = archive;
  return (
    <Facts
      facts={[
        { name: 'Created from', value: `${environment} (${database})` },
        { name: 'Created', value: formatMoment(createdAt) },
        { name: 'Key', value: <Fingerprint value={fingerprint} copyable={false} /> },
      ]}
    />
  );
}

/** What an archive holds, by column; no credential. */
export function ArchiveFacts({ summary }: { readonly summary: ArchiveSummary }) {
  const { values, rows, unopened } = summary;
  return (
    <>
      <ArchiveOrigin archive={summary.archive} />
      <p role="status">
        The archive is intact: {counted(values, 'credential')} in {counted(rows, 'row')}
        {unopened > 0 && `; ${counted(unopened, 'value')} encrypted with another key were left out`}.
      </p>
      <DataTable
        caption="Archive contents"
        columns={columns}
        rows={summary.columns}
        rowKey={({ entry }) => columnKey(entry)}
      />
    </>
  );
}

const columns: readonly DataColumn<ArchiveSummary['columns'][number]>[] = [
  { key: 'column', head: 'Column', cell: ({ entry }) => columnName(entry) },
  { key: 'kind', head: 'Kind', cell: ({ entry }) => kindInWords(entry.kind) },
  {
    key: 'credentials',
    head: 'Credentials',
    numeric: true,
    cell: ({ credentials }) => formatCount(credentials),
  },
];

import { counted, formatCount } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import type { EncryptedColumn } from '#contract/inventory';
import { Card } from '../../components/layout/card.tsx';
import { columnName, entryKey, formInWords, kindInWords } from '../../components/column-text.ts';
import { DataTable } from '../../components/layout/data-table.tsx';
import { Certainty } from '../../components/marks/certainty.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { RelativeTime } from '../../components/marks/relative-time.tsx';
import { isLeft } from './proof-text.ts';

export interface KnownColumnsProps {
  readonly environment: EnvironmentCard;
  readonly columns: readonly EncryptedColumn[];
  readonly excluded: readonly string[];
}

/** The inventory while there is no proof of this session: what is known, and when it was last proven. */
export function KnownColumns({ environment: { proof }, columns, excluded }: KnownColumnsProps) {
  return (
    <>
      {proof && (
        <Notice
          tone={proof.verdict === 'wrong' ? 'stop' : proof.verdict === 'inconclusive' ? 'warn' : 'info'}
          title={
            <>
              Last proven <RelativeTime at={proof.at} />.
            </>
          }
        >
          It decrypted {formatCount(proof.opened)} of {counted(proof.values, 'value')}.{' '}
          <Certainty bits={proof.bits} />
        </Notice>
      )}
      <Card title={`${counted(columns.length, 'encrypted column')} known`} padded={false}>
        <DataTable
          caption="Known encrypted columns"
          rows={columns}
          rowKey={entryKey}
          columns={[
            { key: 'column', head: 'Column', mono: true, cell: columnName },
            { key: 'kind', head: 'Kind', cell: ({ kind }) => kindInWords(kind) },
            { key: 'layout', head: 'Format', cell: formInWords },
            {
              key: 'left',
              head: 'Undecryptable values',
              cell: (entry) => (isLeft(excluded, entry) ? 'excluded' : 'block a rotation'),
            },
          ]}
        />
      </Card>
    </>
  );
}

import type { ApiKey, ApiKeyList } from '#contract/api-keys';
import { StateBadge } from '../../components/marks/badge.tsx';
import { type DataColumn, DataTable } from '../../components/layout/data-table.tsx';
import { formatDay } from '../../components/format.ts';
import { RelativeTime } from '../../components/marks/relative-time.tsx';
import styles from './api-keys.module.css';
import { findingTone, findingWord, keyStatus } from './key-text.ts';

export interface KeyListProps {
  readonly list: ApiKeyList;
  readonly keys: readonly ApiKey[];
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  readonly empty: string;
}

/** Tells one row from another, also in a table without a primary key. */
export function rowKeyOf(key: ApiKey, at: number): string {
  return key.id ?? `row ${at}`;
}

/** Every key, with the columns that the table has. */
export function KeyList({ list, keys, selected, onSelect, empty }: KeyListProps) {
  const places = new Map(list.keys.map((key, at) => [key, rowKeyOf(key, at)]));
  const rowKey = (key: ApiKey) => places.get(key) ?? key.label;
  return (
    <DataTable
      caption="API keys"
      rows={keys}
      rowKey={rowKey}
      onOpen={(key) => onSelect(rowKey(key))}
      {...(selected !== undefined && { selected })}
      columns={columnsFor(list.table.columns)}
      empty={empty}
      maxHeight={420}
    />
  );
}

function columnsFor(columns: ApiKeyList['table']['columns']): DataColumn<ApiKey>[] {
  const day = (at: string | undefined, otherwise: string) => (
    <span className={styles.day}>{at === undefined ? otherwise : formatDay(at)}</span>
  );
  return [
    {
      key: 'label',
      head: 'Key',
      cell: ({ label, prefix }) => (
        <span className={styles.name}>
          {label}
          {prefix !== undefined && prefix !== label && <span className={styles.sub}>{prefix}…</span>}
        </span>
      ),
    },
    {
      key: 'state',
      head: 'State',
      cell: (key) => {
        const { word, tone } = keyStatus(key);
        return (
          <span className={styles.badges}>
            <StateBadge tone={tone}>{word}</StateBadge>
            {key.findings
              .filter(({ level }) => level !== 'note')
              .map((finding) => (
                <StateBadge key={finding.code} tone={findingTone(finding)}>
                  {findingWord(finding)}
                </StateBadge>
              ))}
          </span>
        );
      },
    },
    ...(columns.scope === undefined
      ? []
      : [{ key: 'scope', head: 'Scope', mono: true, cell: ({ scope }: ApiKey) => scope ?? '–' }]),
    ...(columns.lastUsed === undefined
      ? []
      : [
          {
            key: 'used',
            head: 'Last used',
            cell: ({ lastUsedAt }: ApiKey) =>
              lastUsedAt === undefined ? (
                'never'
              ) : (
                <span className={styles.day}>
                  <RelativeTime at={lastUsedAt} />
                </span>
              ),
          },
        ]),
    ...(columns.expires === undefined
      ? []
      : [{ key: 'expires', head: 'Expires', cell: ({ expiresAt }: ApiKey) => day(expiresAt, 'never') }]),
    ...(columns.created === undefined
      ? []
      : [{ key: 'created', head: 'Created', cell: ({ createdAt }: ApiKey) => day(createdAt, '–') }]),
    { key: 'cost', head: 'Cost', numeric: true, cell: ({ cost }) => cost ?? '?' },
  ];
}

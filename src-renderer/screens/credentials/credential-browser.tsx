import { Loader, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { ListedCredential } from '#contract/credentials';
import type { EnvironmentCard } from '#contract/environments';
import type { SecretKind } from '#contract/inventory';
import { StateBadge } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { kindInWords } from '../../components/column-text.ts';
import { Columns } from '../../components/layout/columns.tsx';
import { type DataColumn, DataTable } from '../../components/layout/data-table.tsx';
import { FilterField } from '../../components/fields/filter-field.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { CredentialDetail } from './credential-detail.tsx';
import { addressKey, sourceOf, stateWords, totalInWords } from './credential-text.ts';
import styles from './credentials.module.css';
import { type CredentialList, useCredentialList } from './use-credential-list.ts';

/** Two lines, each cut off where it is too long: of all rows the same, so that those out of sight need not be there. */
const rowHeight = 54;

const kinds: readonly SecretKind[] = [
  'credentials',
  'oauth-access-token',
  'oauth-refresh-token',
  'database-password',
  'connection-string',
  'api-credential',
  'unknown',
];

/** The list with its filters, and the one that is chosen beside it. */
export function CredentialBrowser({ environment }: { readonly environment: EnvironmentCard }) {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 250);
  const [kind, setKind] = useState<SecretKind | null>(null);
  const [state, setState] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Chosen>();
  const filter = {
    ...(search !== '' && { search }),
    ...(kind !== null && { kind }),
    ...(state !== null && { opens: state === 'opens' }),
  };
  const list = useCredentialList(environment.id, filter);
  const { rows, failure, busy, complete = false, question } = list;
  const selected = chosen && isListed(chosen, list) ? chosen.row : rows?.find((row) => row !== undefined);
  const isFiltered = search !== '' || kind !== null || state !== null;

  return (
    <>
      <div className={styles.filters} role="search">
        <FilterField
          what="credentials"
          className={styles.search}
          placeholder="Source, table, column or key"
          value={typed}
          onChange={setTyped}
        />
        <Select
          aria-label="Kind"
          placeholder="All kinds"
          clearable
          data={kinds.map((value) => ({ value, label: kindInWords(value) }))}
          value={kind}
          onChange={(value) => setKind(value as SecretKind | null)}
        />
        <Select
          aria-label="State"
          placeholder="All states"
          clearable
          data={[
            { value: 'opens', label: 'Decrypts' },
            { value: 'unopened', label: 'Does not decrypt' },
          ]}
          value={state}
          onChange={setState}
        />
      </div>
      {failure && <FailureNotice failure={failure} environment={environment} onRetry={list.reload} />}
      {!rows && busy && <Loading what="the credentials" heights={[320]} />}
      {rows && (
        <Columns>
          <Card
            padded={false}
            calm
            footer={
              <span role="status">
                {busy && <Loader size={12} mr={8} aria-label="Reading" />}
                {totalInWords(rows.length, { complete, busy })}
              </span>
            }
          >
            <DataTable
              caption="Credentials"
              columns={columns}
              rows={rows}
              rowKey={addressKey}
              onOpen={(row) => setChosen({ row, question })}
              {...(selected && { selected: addressKey(selected) })}
              maxHeight={520}
              rowHeight={rowHeight}
              onSight={list.bringIntoSight}
              empty={isFiltered ? 'No matching credentials.' : 'These columns are empty.'}
            />
          </Card>
          {selected && (
            <CredentialDetail
              key={addressKey(selected)}
              environment={environment}
              credential={selected}
              onReplaced={list.reload}
            />
          )}
        </Columns>
      )}
    </>
  );
}

interface Chosen {
  readonly row: ListedCredential;
  /** Of the list that it was chosen from. */
  readonly question: string;
}

/** Whether a chosen credential is in a list: in its own, or near the beginning of another. */
function isListed({ row, question }: Chosen, list: CredentialList): boolean {
  if (list.question === question) return true;
  const key = addressKey(row);
  return list.rows?.slice(0, 100).some((one) => one !== undefined && addressKey(one) === key) ?? false;
}

const columns: readonly DataColumn<ListedCredential>[] = [
  {
    key: 'source',
    head: 'Source',
    cell: (credential) => (
      <span
        className={styles.source}
        title={`${sourceOf(credential)}, ${credential.table} ${credential.row}`}
      >
        {sourceOf(credential)}
        <span className={styles.place}>
          {credential.table} {credential.row}
        </span>
      </span>
    ),
  },
  { key: 'kind', head: 'Kind', cell: ({ kind }) => kindInWords(kind) },
  {
    key: 'state',
    head: 'State',
    cell: ({ state }) => <StateBadge tone={stateWords[state].tone}>{stateWords[state].words}</StateBadge>,
  },
];

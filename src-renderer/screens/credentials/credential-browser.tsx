import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { counted } from '#shared/counted';
import type { ListedCredential } from '#contract/credentials';
import type { EnvironmentCard } from '#contract/environments';
import type { SecretKind } from '#contract/inventory';
import { StateBadge } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { kindInWords } from '../../components/column-text.ts';
import { Columns } from '../../components/layout/columns.tsx';
import { type DataColumn, DataTable } from '../../components/layout/data-table.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Icon } from '../../components/marks/icon.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { CredentialDetail } from './credential-detail.tsx';
import { addressKey, sourceOf, stateWords } from './credential-text.ts';
import styles from './credentials.module.css';
import { useCredentialPages } from './use-credential-pages.ts';

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
  const [chosen, setChosen] = useState<string>();
  const pages = useCredentialPages(environment.id, {
    ...(search !== '' && { search }),
    ...(kind !== null && { kind }),
    ...(state !== null && { opens: state === 'opens' }),
  });
  const { rows, failure, busy, hasMore } = pages;
  const selected = rows?.find((row) => addressKey(row) === chosen) ?? rows?.[0];
  const isFiltered = search !== '' || kind !== null || state !== null;

  return (
    <>
      <div className={styles.filters} role="search">
        <TextInput
          aria-label="Search"
          className={styles.search ?? ''}
          placeholder="Source, table, column or key"
          leftSection={<Icon name="search" size={14} />}
          value={typed}
          maxLength={200}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Select
          aria-label="Kind"
          placeholder="Every kind"
          clearable
          data={kinds.map((value) => ({ value, label: kindInWords(value) }))}
          value={kind}
          onChange={(value) => setKind(value as SecretKind | null)}
        />
        <Select
          aria-label="State"
          placeholder="Every state"
          clearable
          data={[
            { value: 'opens', label: 'Opens' },
            { value: 'unopened', label: 'Does not open' },
          ]}
          value={state}
          onChange={setState}
        />
      </div>
      {failure && <FailureNotice failure={failure} environment={environment} onRetry={pages.reload} />}
      {!rows && busy && <Loading what="the credentials" heights={[320]} />}
      {rows && (
        <Columns>
          <Card
            padded={false}
            calm
            footer={
              <>
                <span role="status">
                  {hasMore
                    ? `The first ${counted(rows.length, 'credential')}`
                    : counted(rows.length, 'credential')}
                </span>
                {hasMore && (
                  <Button variant="default" size="xs" loading={busy} onClick={pages.more}>
                    {rows.length === 0 ? 'Look further' : 'Show more'}
                  </Button>
                )}
              </>
            }
          >
            <DataTable
              caption="Credentials"
              columns={columns}
              rows={rows}
              rowKey={addressKey}
              onOpen={(row) => setChosen(addressKey(row))}
              {...(selected && { selected: addressKey(selected) })}
              maxHeight={520}
              empty={isFiltered ? 'No credential is like that.' : 'These columns hold nothing yet.'}
            />
          </Card>
          {selected && (
            <CredentialDetail
              key={addressKey(selected)}
              environment={environment}
              credential={selected}
              onReplaced={pages.reload}
            />
          )}
        </Columns>
      )}
    </>
  );
}

const columns: readonly DataColumn<ListedCredential>[] = [
  {
    key: 'source',
    head: 'Source',
    cell: (credential) => (
      <>
        {sourceOf(credential)}
        <span className={styles.place}>
          {credential.table} {credential.row}
        </span>
      </>
    ),
  },
  { key: 'kind', head: 'Kind', cell: ({ kind }) => kindInWords(kind) },
  {
    key: 'state',
    head: 'State',
    cell: ({ state }) => <StateBadge tone={stateWords[state].tone}>{stateWords[state].words}</StateBadge>,
  },
];

import { Button, Select } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ApiKeyRole, ApiKeyTable } from '#contract/api-keys';
import type { EnvironmentCard } from '#contract/environments';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { useCall } from '../../use-call.ts';
import styles from './api-keys.module.css';

export interface NameTableProps {
  readonly environment: EnvironmentCard;
  readonly onChoose: (table: ApiKeyTable) => Promise<void>;
}

const labels: Readonly<Record<ApiKeyRole, string>> = {
  hash: 'Hash',
  name: 'Name',
  prefix: 'Key prefix',
  scope: 'Scope',
  created: 'Created',
  lastUsed: 'Last used',
  expires: 'Expires',
  active: 'Active or revoked',
};
const roles = Object.keys(labels) as ApiKeyRole[];

/** The admin says which table it is, and which column means what. */
export function NameTable({ environment, onChoose }: NameTableProps) {
  const tables = useCall('apiKeys.tables', { environment: environment.id });
  const [label, setLabel] = useState<string | null>(null);
  const [columns, setColumns] = useState<Partial<Record<ApiKeyRole, string>>>({});
  const [busy, setBusy] = useState(false);
  const table = tables.value?.find((one) => `${one.schema}.${one.table}` === label);
  const { hash, ...others } = columns;

  const choose = (next: string | null) => {
    setLabel(next);
    const proposed = tables.value?.find((one) => `${one.schema}.${one.table}` === next)?.proposed ?? {};
    setColumns(Object.fromEntries(Object.entries(proposed).filter(([, column]) => column !== undefined)));
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!table || hash === undefined) return;
    setBusy(true);
    await onChoose({ schema: table.schema, table: table.table, columns: { ...others, hash } });
    setBusy(false);
  };

  return (
    <>
      {tables.failure && (
        <FailureNotice
          failure={tables.failure}
          environment={environment}
          onRetry={() => void tables.reload()}
        />
      )}
      {tables.loading && <Loading what="the tables" heights={[220]} />}
      {tables.value && (
        <Card title="API key table">
          <form className={styles.fields} onSubmit={(event) => void submit(event)}>
            <Select
              searchable
              label="Table"
              placeholder="schema.table"
              nothingFoundMessage="No matching table with a text column"
              data={tables.value.map((one) => `${one.schema}.${one.table}`)}
              value={label}
              onChange={choose}
            />
            {table && (
              <div className={styles.line}>
                {roles.map((role) => (
                  <Select
                    key={role}
                    label={labels[role]}
                    placeholder={role === 'hash' ? 'Choose a column' : 'None'}
                    clearable={role !== 'hash'}
                    data={table.columns
                      .filter((column) => column.roles.includes(role))
                      .map(({ name }) => name)}
                    value={columns[role] ?? null}
                    onChange={(column) =>
                      setColumns(({ [role]: _, ...rest }) =>
                        column === null ? rest : { ...rest, [role]: column },
                      )
                    }
                  />
                ))}
              </div>
            )}
            <div className={styles.actions}>
              <Button type="submit" loading={busy} disabled={!table || hash === undefined}>
                Use this table
              </Button>
            </div>
          </form>
        </Card>
      )}
    </>
  );
}

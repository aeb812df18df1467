import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { counted } from '#shared/counted';
import type { ApiKey, ApiKeyList } from '#contract/api-keys';
import type { EnvironmentCard } from '#contract/environments';
import { Card } from '../../components/layout/card.tsx';
import { Columns } from '../../components/layout/columns.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import { useCall } from '../../use-call.ts';
import styles from './api-keys.module.css';
import { ChangeKey } from './change-key.tsx';
import { CreateKey } from './create-key.tsx';
import { NewKey } from './new-key.tsx';
import { KeyDetail } from './key-detail.tsx';
import { KeyList, rowKeyOf } from './key-list.tsx';
import { needsLook, summary } from './key-text.ts';
import { VerifyKey } from './verify-key.tsx';

export interface ApiKeysViewProps {
  readonly environment: EnvironmentCard;
  readonly list: ApiKeyList;
  readonly onOtherTable: () => void;
}

type Shown = 'all' | 'active' | 'look';

const filters: Readonly<Record<Shown, (key: ApiKey) => boolean>> = {
  all: () => true,
  active: ({ active, expired }) => active && !expired,
  look: needsLook,
};

/** The list with one key next to it, and what can be done with them. */
export function ApiKeysView({ environment, list, onOtherTable }: ApiKeysViewProps) {
  const fresh = useCall('apiKeys.fresh', { environment: environment.id });
  const [shown, setShown] = useState<Shown>('all');
  const [chosen, setChosen] = useState<string>();
  const [open, setOpen] = useState<'create' | 'revoke' | 'replace'>();
  const keys = list.keys.filter(filters[shown]);
  const selected = list.keys.find((key, at) => rowKeyOf(key, at) === chosen) ?? keys[0];
  const at = selected && rowKeyOf(selected, list.keys.indexOf(selected));
  const [first] = fresh.value ?? [];
  const { schema, table } = list.table;
  const close = () => setOpen(undefined);

  return (
    <Screen
      title="API keys"
      subtitle={
        <>
          Ballast stores their bcrypt hashes in{' '}
          <code>
            {schema}.{table}
          </code>
          .
        </>
      }
      actions={
        <>
          <SegmentedControl
            aria-label="Filter keys"
            value={shown}
            onChange={(value) => setShown(value as Shown)}
            data={[
              { value: 'all', label: 'All' },
              { value: 'active', label: 'Active' },
              { value: 'look', label: 'Needs attention' },
            ]}
          />
          <Button variant="default" onClick={onOtherTable}>
            Change table
          </Button>
        </>
      }
      footer={
        <FooterBar
          status={
            list.total > list.keys.length
              ? `${counted(list.total, 'key')}; the first ${list.keys.length} are listed`
              : summary(list.keys)
          }
          primary={<Button onClick={() => setOpen('create')}>Create a key</Button>}
        />
      }
    >
      <Card padded={false}>
        <KeyList
          list={list}
          keys={keys}
          selected={at}
          onSelect={setChosen}
          empty={shown === 'all' ? 'No API keys yet.' : 'No matching keys.'}
        />
      </Card>
      <Columns>
        {selected ? (
          <KeyDetail
            list={list}
            apiKey={selected}
            onRevoke={() => setOpen('revoke')}
            onReplace={() => setOpen('replace')}
          />
        ) : (
          <Card title="No key selected">
            <p className={styles.quiet}>Create a key, or show all.</p>
          </Card>
        )}
        <VerifyKey environment={environment} table={list.table} />
      </Columns>
      {open === 'create' && <CreateKey environment={environment} list={list} onClose={close} />}
      {(open === 'revoke' || open === 'replace') && selected?.id !== undefined && (
        <ChangeKey
          environment={environment}
          list={list}
          apiKey={{ ...selected, id: selected.id }}
          act={open}
          onClose={close}
        />
      )}
      {open === undefined && first && <NewKey key={first.ticket} environment={environment} fresh={first} />}
    </Screen>
  );
}

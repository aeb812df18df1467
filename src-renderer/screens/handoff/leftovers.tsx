import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { Leftover } from '#contract/leftovers';
import type { Failure } from '#contract/shapes';
import { Card } from '../../components/layout/card.tsx';
import { type DataColumn, DataTable } from '../../components/layout/data-table.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useCall } from '../../use-call.ts';
import { useClient } from '../../use-client.ts';
import { leftoverInWords, leftoverTodo } from './leftover-text.ts';
import styles from './handoff.module.css';

/** Where old keys are still stored, as a list to work off, and what Keel cannot see. */
export function Leftovers({ environment }: { readonly environment: EnvironmentCard }) {
  const { id } = environment;
  const client = useClient();
  const { go } = useNavigation();
  const list = useCall('leftovers.list', { environment: id });
  const [failure, setFailure] = useState<Failure>();
  if (list.failure) {
    return (
      <FailureNotice failure={list.failure} environment={environment} onRetry={() => void list.reload()} />
    );
  }
  if (!list.value || list.value.length === 0) return null;

  const gone = async ({ fingerprint, where }: Leftover) => {
    const result = await client.call('leftovers.gone', { environment: id, fingerprint, where });
    setFailure(result.ok ? undefined : result.error);
    await list.reload();
  };

  const action = (leftover: Leftover) => {
    if (leftover.kind === 'copy') {
      return (
        <Button
          variant="default"
          size="xs"
          aria-label={`Mark as deleted: ${leftover.where}`}
          onClick={() => void gone(leftover)}
        >
          Mark as deleted
        </Button>
      );
    }
    if (leftover.kind !== 'dumps' && leftover.kind !== 'store') return null;
    return (
      <Button
        variant="default"
        size="xs"
        aria-label={`Open the key ring: ${leftoverInWords(leftover)}`}
        onClick={() => go('key')}
      >
        Open key ring
      </Button>
    );
  };

  return (
    <Card title="Where old keys are still stored" padded={false}>
      {failure && <FailureNotice failure={failure} environment={environment} />}
      <DataTable
        caption="Locations and copies of old keys"
        rows={list.value}
        rowKey={({ kind, fingerprint, where }) => `${kind} ${fingerprint} ${where}`}
        columns={columnsWith(action)}
      />
      <p className={styles.unseen}>
        Checked: the key ring, the files that {environment.application.name} reads, and the files next to
        them. Keel cannot see other copies of the .env, CI variables, containers not recreated since, password
        managers or shell history.
      </p>
    </Card>
  );
}

function columnsWith(action: (leftover: Leftover) => ReactNode): DataColumn<Leftover>[] {
  return [
    {
      key: 'where',
      head: 'Where',
      cell: (leftover) => <span className={styles.leftover}>{leftoverInWords(leftover)}</span>,
    },
    {
      key: 'key',
      head: 'Key',
      cell: ({ fingerprint }) => <Fingerprint value={fingerprint} copyable={false} />,
    },
    { key: 'todo', head: 'What to do', cell: leftoverTodo },
    { key: 'action', head: 'Next', cell: action },
  ];
}

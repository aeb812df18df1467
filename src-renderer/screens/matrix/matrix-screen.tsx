import { Button } from '@mantine/core';
import { useState } from 'react';
import { counted } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import { Card } from '../../components/layout/card.tsx';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import { useCall } from '../../use-call.ts';
import { useClient } from '../../use-client.ts';
import { useOperation } from '../../use-operation.ts';
import { AddArtefact } from './add-artefact.tsx';
import { AddDatabase } from './add-database.tsx';
import styles from './matrix.module.css';
import { MatrixTable } from './matrix-table.tsx';

/** The keys of the ring and of artefacts against the databases of all environments, and against others like a restored dump. */
export function MatrixScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const client = useClient();
  const { id } = environment;
  const state = useCall('matrix.state', { environment: id });
  const proving = useOperation('matrix.run', id);
  const [adding, setAdding] = useState<'artefact' | 'database'>();
  const keys = state.value?.keys ?? [];
  const databases = state.value?.databases ?? [];
  const adHoc = databases.filter((database) => database.adHoc);

  const prove = (which: readonly string[], where: readonly string[]) =>
    void proving.start({ environment: id, keys: [...which], databases: [...where] });
  const proveAll = () =>
    prove(
      keys.map((key) => key.id),
      databases.map((database) => database.id),
    );
  const takeAway = async (which: string) => {
    await client.call('matrix.takeAway', { environment: id, id: which });
    await state.reload();
  };
  const added = () => {
    setAdding(undefined);
    void state.reload();
  };

  return (
    <Screen
      title="Which key decrypts what"
      subtitle="Keys and backups against databases and restored dumps. Nothing is written."
      step={adding ?? 'matrix'}
      actions={
        adding === undefined && (
          <>
            <Button variant="default" onClick={() => setAdding('artefact')}>
              Add a backup
            </Button>
            <Button variant="default" onClick={() => setAdding('database')}>
              Add a database
            </Button>
          </>
        )
      }
      footer={
        keys.length > 0 && (
          <FooterBar
            status={
              proving.running
                ? 'You can leave this screen; this continues in the background.'
                : counted(keys.length * databases.length, 'combination')
            }
            primary={
              <Button disabled={proving.running} onClick={proveAll}>
                Prove all
              </Button>
            }
          />
        )
      }
    >
      {state.failure && <FailureNotice failure={state.failure} onRetry={() => void state.reload()} />}
      {state.loading && <Loading what="keys and databases" />}
      {proving.progress && (
        <OperationProgress
          title="Testing keys against databases"
          progress={proving.progress}
          onCancel={proving.cancel}
        />
      )}
      {proving.outcome?.ok === false && (
        <FailureNotice failure={proving.outcome.error} environment={environment} onRetry={proveAll} />
      )}
      {adding === 'artefact' && (
        <AddArtefact environment={environment} onAdded={added} onCancel={() => setAdding(undefined)} />
      )}
      {adding === 'database' && (
        <AddDatabase environment={environment} onAdded={added} onCancel={() => setAdding(undefined)} />
      )}
      {state.value && keys.length === 0 && adding === undefined && (
        <EmptyState
          icon="matrix"
          title="No keys to compare yet"
          actions={<Button onClick={() => setAdding('artefact')}>Add a backup</Button>}
        >
          Restore a key from one of its backups, and see which databases it decrypts.
        </EmptyState>
      )}
      {keys.length > 0 && (
        <Card padded={false}>
          <MatrixTable
            keys={keys}
            databases={databases}
            cells={state.value?.cells ?? []}
            busy={proving.running}
            onProve={(key, database) => prove([key], [database])}
            onTakeAway={(which) => void takeAway(which)}
          />
          {adHoc.length > 0 && (
            <div className={styles.columns}>
              {adHoc.map(({ id: column, label }) => (
                <button
                  key={column}
                  type="button"
                  className={styles.away}
                  onClick={() => void takeAway(column)}
                >
                  Remove {label}
                </button>
              ))}
            </div>
          )}
        </Card>
      )}
    </Screen>
  );
}

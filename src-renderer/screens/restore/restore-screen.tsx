import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Card } from '../../components/layout/card.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { emptyHand, givenOf, withoutSecrets } from '../../components/fields/given-artefact.ts';
import { GivenArtefactFields } from '../../components/fields/given-artefact-fields.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useSession } from '../../session.tsx';
import { anyChange, useCall } from '../../use-call.ts';
import { useClient } from '../../use-client.ts';
import { useOperation } from '../../use-operation.ts';
import styles from './restore.module.css';
import { RestoredKeyCard } from './restored-key-card.tsx';

const formId = 'restore-key';

/** A key from its backup alone, before there is a database, or its dump. */
export function RestoreScreen() {
  const client = useClient();
  const { go } = useNavigation();
  const restored = useCall('restored.state', {}, { reloadOn: anyChange });
  const restoring = useOperation('restored.open');
  const [hand, setHand] = useState(emptyHand);
  const given = givenOf(hand);
  const { progress, running, outcome } = restoring;
  const key = restored.value?.key;
  const hasEnvironments = (useSession().environments.value ?? []).length > 0;

  const restore = async (event: FormEvent) => {
    event.preventDefault();
    if ('missing' in given || running) return;
    const result = await restoring.start({ from: given.from });
    // what nearly fits is corrected rather than typed again
    if (result.ok || given.from.from !== 'words') setHand(withoutSecrets);
    await restored.reload();
  };

  const another = async () => {
    restoring.forget();
    await client.call('restored.forget', {});
    await restored.reload();
  };

  const footer = running ? (
    <FooterBar status="You can leave this screen; this continues in the background." />
  ) : key ? (
    <FooterBar
      status="Not checked against a database yet"
      secondary={
        <Button variant="default" onClick={() => void another()}>
          Restore another
        </Button>
      }
      primary={<Button onClick={() => go('connect')}>Connect the database</Button>}
    />
  ) : (
    <FooterBar
      status={'missing' in given ? given.missing : 'Nothing is written to this machine'}
      primary={
        <Button type="submit" form={formId} disabled={'missing' in given}>
          Restore the key
        </Button>
      }
    />
  );

  return (
    <Screen
      title="Restore a key"
      subtitle="From a backup alone: no database is needed yet."
      step={running ? 'working' : key ? 'restored' : 'form'}
      footer={restored.value && footer}
    >
      {progress && (
        <OperationProgress title="Restoring the key" progress={progress} onCancel={restoring.cancel} />
      )}
      {restored.failure && (
        <FailureNotice failure={restored.failure} onRetry={() => void restored.reload()} />
      )}
      {outcome?.ok === false && <FailureNotice failure={outcome.error} />}
      {key && !running && <RestoredKeyCard restored={key} hasEnvironments={hasEnvironments} />}
      {restored.value && !key && !running && (
        <form id={formId} onSubmit={(event) => void restore(event)}>
          <Card title="Backup">
            <div className={styles.fields}>
              <GivenArtefactFields
                draft={hand}
                onChange={(change) => setHand((before) => ({ ...before, ...change }))}
              />
            </div>
          </Card>
        </form>
      )}
    </Screen>
  );
}

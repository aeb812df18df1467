import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useCall } from '../../use-call.ts';
import { AdoptKey, type Adopted } from './adopt-key.tsx';
import styles from './key.module.css';
import { KeyDetail } from './key-detail.tsx';
import { KeyChangeNotice } from './key-change-notice.tsx';
import { KeyNextButton } from './key-next-button.tsx';
import { keyStatus } from './key-next.ts';
import { KeyTable } from './key-table.tsx';
import { KeyTimeline } from './key-timeline.tsx';
import { OldDumps } from './old-dumps.tsx';
import { useKeyChanges } from './use-key-changes.ts';

/** The key ring of an environment: which key is in use, which waits, which were; and how a key comes in. */
export function KeyScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const { application } = environment;
  const keys = useCall('keys.list', { environment: environment.id });
  const memory = useCall('keyring.memory', { environment: environment.id });
  const reload = async () => void (await Promise.all([keys.reload(), memory.reload()]));
  const changes = useKeyChanges(environment.id, reload);
  const restores = useNavigation().place.intent === 'restore';
  const [adopting, setAdopting] = useState(restores);
  const [chosen, setChosen] = useState<string>();

  const newestFirst = useMemo(() => [...(keys.value ?? [])].reverse(), [keys.value]);
  const status = keyStatus(keys.value ?? [], environment.pendingKey);
  const isEmpty = keys.value?.length === 0;
  const selected =
    newestFirst.find(({ fingerprint }) => fingerprint === chosen) ??
    status.active ??
    status.pending ??
    newestFirst[0];

  const remembered = memory.value?.keys.find(({ fingerprint }) => fingerprint === selected?.fingerprint);

  // without a key in use or waiting, taking one in is the next step
  const asks = adopting || (keys.value !== undefined && !isEmpty && status.next === 'adopt');

  const taken = (adopted: Adopted) => {
    setAdopting(false);
    setChosen(adopted.fingerprint);
    void changes.tell({ kind: 'adopted', ...adopted });
  };

  const generate = async () => {
    // the new key is the one to look at
    const fingerprint = await changes.generate();
    if (fingerprint !== undefined) setChosen(fingerprint);
  };

  return (
    <Screen
      title="Key"
      subtitle={
        isEmpty
          ? `One key encrypts the credentials that ${application.name} stores. Keel keeps that key, and proves it before anything depends on it.`
          : 'The key ring of this environment. A rotation never deletes a key.'
      }
      actions={
        keys.value &&
        !isEmpty &&
        !asks && (
          <Button variant="default" onClick={() => setAdopting(true)}>
            Import another key
          </Button>
        )
      }
      footer={
        keys.value && !isEmpty ? (
          <FooterBar
            status={status.why}
            primary={
              <KeyNextButton next={status.next} busy={changes.busy} onGenerate={() => void generate()} />
            }
          />
        ) : undefined
      }
    >
      {keys.failure && (
        <FailureNotice failure={keys.failure} environment={environment} onRetry={() => void keys.reload()} />
      )}
      {keys.loading && <Loading what="the key ring" heights={[120, 220]} />}
      {changes.failure && (
        <FailureNotice failure={changes.failure} environment={environment} onRetry={changes.retry} />
      )}
      {changes.change && <KeyChangeNotice change={changes.change} active={status.active?.fingerprint} />}
      {isEmpty && (
        <Card title={`Which key does ${application.name} use?`}>
          <div className={styles.fields}>
            <p className={styles.quiet}>{whereItsKeyIs(application)}</p>
            <AdoptKey environment={environment} restores={restores} onAdopted={taken} />
          </div>
        </Card>
      )}
      {asks && !isEmpty && (
        <Card title="Import another key">
          <AdoptKey
            environment={environment}
            restores={restores}
            onAdopted={taken}
            {...(adopting && { onCancel: () => setAdopting(false) })}
          />
        </Card>
      )}
      {!isEmpty && keys.value && (
        <>
          <Card padded={false}>
            <KeyTable keys={newestFirst} selected={selected?.fingerprint} onSelect={setChosen} />
          </Card>
          {memory.failure && (
            <FailureNotice failure={memory.failure} environment={environment} onRetry={() => void reload()} />
          )}
          {memory.value && newestFirst.length > 0 && (
            <KeyTimeline keys={newestFirst} memories={memory.value.keys} />
          )}
          {selected && (
            <KeyDetail
              environment={environment}
              entry={selected}
              hasActive={status.active !== undefined}
              memory={remembered}
            />
          )}
          {selected && remembered && memory.value && (
            <OldDumps
              key={selected.fingerprint}
              environment={environment}
              entry={selected}
              memory={remembered}
              ring={memory.value}
              onChanged={() => void reload()}
              onDestroyed={() => void changes.tell({ kind: 'destroyed', fingerprint: selected.fingerprint })}
            />
          )}
        </>
      )}
    </Screen>
  );
}

/** Where an admin finds the key of an application. */
function whereItsKeyIs({ name, variable, variables }: EnvironmentCard['application']): string {
  const [place] = variables;
  if (variable === undefined || variable !== place)
    return `${name} reads it from: ${variables.join(', or ')}.`;
  const others = variables.slice(1).map((other) => `, or ${other}`);
  return `It is the value of ${variable} in ${name}’s environment${others.join('')}, usually in the .env next to its compose file.`;
}

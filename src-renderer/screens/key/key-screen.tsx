import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import { Card } from '../../components/card.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Loading } from '../../components/loading.tsx';
import { FooterBar, Screen } from '../../components/screen.tsx';
import { useCall } from '../../use-call.ts';
import { AdoptKey, type Adopted } from './adopt-key.tsx';
import { AdoptedNotice, GeneratedNotice } from './adopted-notice.tsx';
import styles from './key.module.css';
import { KeyDetail } from './key-detail.tsx';
import { KeyNextButton } from './key-next-button.tsx';
import { keyStanding } from './key-next.ts';
import { KeyTable } from './key-table.tsx';

/** The key ring of an environment: which key is in use, which waits, which were; and how a key comes in. */
export function KeyScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const keys = useCall('keys.list', { environment: environment.id });
  const [adopting, setAdopting] = useState(false);
  const [adopted, setAdopted] = useState<Adopted>();
  const [generated, setGenerated] = useState<string>();
  const [chosen, setChosen] = useState<string>();

  const newestFirst = [...(keys.value ?? [])].reverse();
  const standing = keyStanding(keys.value ?? []);
  const isEmpty = keys.value?.length === 0;
  const selected =
    newestFirst.find(({ fingerprint }) => fingerprint === chosen) ??
    standing.active ??
    standing.pending ??
    newestFirst[0];

  const taken = async (news: Adopted) => {
    setAdopted(news);
    setGenerated(undefined);
    setAdopting(false);
    setChosen(news.fingerprint);
    await keys.reload();
  };

  const made = async (fingerprint: string) => {
    setGenerated(fingerprint);
    setAdopted(undefined);
    setChosen(fingerprint);
    await keys.reload();
  };

  return (
    <Screen
      title="Key"
      subtitle={
        isEmpty
          ? 'One key encrypts the credentials that Ballast keeps. Keel holds it, and proves it before anything depends on it.'
          : 'The key ring of this environment. A key is never deleted by a rotation.'
      }
      actions={
        keys.value &&
        !isEmpty &&
        !adopting && (
          <Button variant="default" onClick={() => setAdopting(true)}>
            Adopt another key
          </Button>
        )
      }
      footer={
        keys.value && !isEmpty ? (
          <FooterBar
            status={standing.why}
            primary={<KeyNextButton environment={environment} standing={standing} onGenerated={made} />}
          />
        ) : undefined
      }
    >
      {keys.failure && (
        <FailureNotice failure={keys.failure} environment={environment} onRetry={() => void keys.reload()} />
      )}
      {keys.loading && <Loading what="the key ring" heights={[120, 220]} />}
      {adopted && (
        <AdoptedNotice adopted={adopted} isActive={standing.active?.fingerprint === adopted.fingerprint} />
      )}
      {generated !== undefined && <GeneratedNotice fingerprint={generated} />}
      {isEmpty && (
        <Card title="Which key does Ballast run with?">
          <div className={styles.fields}>
            <p className={styles.quiet}>
              It stands as ENCRYPTION_KEY in Ballast’s environment, most often in the .env beside its compose
              file.
            </p>
            <AdoptKey environment={environment} onAdopted={(news) => void taken(news)} />
          </div>
        </Card>
      )}
      {adopting && (
        <Card title="Adopt another key">
          <AdoptKey
            environment={environment}
            onAdopted={(news) => void taken(news)}
            onCancel={() => setAdopting(false)}
          />
        </Card>
      )}
      {!isEmpty && keys.value && (
        <>
          <Card padded={false}>
            <KeyTable
              keys={newestFirst}
              place={environment.keyPlace}
              selected={selected?.fingerprint}
              onSelect={setChosen}
            />
          </Card>
          {selected && (
            <KeyDetail environment={environment} entry={selected} hasActive={standing.active !== undefined} />
          )}
        </>
      )}
    </Screen>
  );
}

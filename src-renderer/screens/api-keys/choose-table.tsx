import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ApiKeyCandidate, ApiKeyTable } from '#contract/api-keys';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import { StateBadge, type Tone } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { asSentence } from '../../components/format.ts';
import { Notice } from '../../components/notices/notice.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import { useClient } from '../../use-client.ts';
import { useOperation } from '../../use-operation.ts';
import styles from './api-keys.module.css';
import { NameTable } from './name-table.tsx';

export interface ChooseTableProps {
  readonly environment: EnvironmentCard;
  /** Why it has to be chosen again. */
  readonly because?: Failure | undefined;
  readonly onChosen: () => void;
  /** Back to the table that is in use. */
  readonly onLeave?: () => void;
}

const statusTexts: Readonly<Record<ApiKeyCandidate['status'], { word: string; tone: Tone }>> = {
  likely: { word: 'API keys', tone: 'good' },
  empty: { word: 'Empty; matches by name', tone: 'quiet' },
  possible: { word: 'Possibly passwords', tone: 'warn' },
};

/** Which table has the keys: found by its content, with the reasons, or named. */
export function ChooseTable({ environment, because, onChosen, onLeave }: ChooseTableProps) {
  const client = useClient();
  const find = useOperation('apiKeys.find', environment.id);
  const [naming, setNaming] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const found = find.outcome?.ok === true ? find.outcome.value : undefined;
  const look = () => {
    setNaming(false);
    void find.start({ environment: environment.id });
  };

  const choose = async (table: ApiKeyTable) => {
    const result = await client.call('apiKeys.chooseTable', { environment: environment.id, table });
    setFailure(result.ok ? undefined : result.error);
    if (result.ok) onChosen();
  };

  const name = (
    <Button variant="default" onClick={() => setNaming(true)}>
      Choose table
    </Button>
  );
  return (
    <Screen
      title="API keys"
      subtitle="Ballast’s schema is not published, so Keel identifies the API key table by its contents."
      step={naming ? 'naming' : found ? 'found' : 'looking'}
      footer={
        (found || naming || onLeave) && (
          <FooterBar
            status={naming ? 'Only the hash column is required' : 'The search is read-only'}
            secondary={
              <>
                {onLeave && (
                  <Button variant="default" onClick={onLeave}>
                    Back to API keys
                  </Button>
                )}
                {!naming && name}
                <Button variant="default" loading={find.running} onClick={look}>
                  {found ? 'Search again' : 'Find the table'}
                </Button>
              </>
            }
          />
        )
      }
    >
      {because && <FailureNotice failure={because} environment={environment} />}
      {failure && <FailureNotice failure={failure} environment={environment} />}
      {find.outcome?.ok === false && (
        <FailureNotice failure={find.outcome.error} environment={environment} onRetry={look} />
      )}
      {find.progress && (
        <OperationProgress title="Finding the table" progress={find.progress} onCancel={find.cancel} />
      )}
      {naming && <NameTable environment={environment} onChoose={choose} />}
      {!naming && !found && !find.running && (
        <EmptyState
          icon="api-keys"
          title="Where does Ballast store its API keys?"
          actions={
            !onLeave && (
              <>
                <Button onClick={look}>Find the table</Button>
                {name}
              </>
            )
          }
        >
          Keel searches for a column of bcrypt hashes and checks the columns next to it. The search is
          read-only.
        </EmptyState>
      )}
      {!naming && found && !find.running && (
        <Found found={found.candidates} skipped={found.skipped} onChoose={choose} />
      )}
    </Screen>
  );
}

function Found(props: {
  readonly found: readonly ApiKeyCandidate[];
  readonly skipped: readonly string[];
  readonly onChoose: (table: ApiKeyTable) => Promise<void>;
}) {
  const { found, skipped, onChoose } = props;
  return (
    <>
      {found.length === 0 && (
        <Notice
          live
          tone="warn"
          title="No table in this database looks like an API key table."
          remedy="Choose the table yourself, or connect the database where Ballast stores them."
        />
      )}
      {found.map(({ table, status, why }) => {
        const { word, tone } = statusTexts[status];
        const label = `${table.schema}.${table.table}`;
        return (
          <Card
            key={`${label}.${table.columns.hash}`}
            title={<code>{label}</code>}
            aside={<StateBadge tone={tone}>{word}</StateBadge>}
            calm={status === 'possible'}
            footer={
              <>
                <span>
                  {status === 'likely'
                    ? 'Most likely the right table'
                    : 'Check it carefully before you use it'}
                </span>
                <Button
                  {...(status === 'likely' ? {} : { variant: 'default' })}
                  onClick={() => void onChoose(table)}
                >
                  Use this table
                </Button>
              </>
            }
          >
            <ul className={styles.why}>
              {why.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          </Card>
        );
      })}
      {skipped.map((reason) => (
        <Notice key={reason} tone="warn" title={asSentence(reason)} remedy="This table was not checked." />
      ))}
    </>
  );
}

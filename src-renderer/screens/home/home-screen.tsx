import { Button } from '@mantine/core';
import { useState } from 'react';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { byUrgency } from '../../components/environments/next-steps.ts';
import { LeavePractice } from '../../components/environments/leave-practice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { StateBadge } from '../../components/marks/badge.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { Screen } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useSession } from '../../session.tsx';
import { useCall } from '../../use-call.ts';
import { useOperation } from '../../use-operation.ts';
import { AgesChart } from './ages-chart.tsx';
import { EnvironmentList } from './environment-list.tsx';
import { EnvironmentPanel } from './environment-panel.tsx';
import styles from './home.module.css';
import { RecentActivity } from './recent-activity.tsx';
import { dueTotals, summaryOf } from './next-action.ts';

/** More than these are a list. */
const maxCards = 8;

/** Every environment with its one next action, the most urgent first. */
export function HomeScreen() {
  const { environments } = useSession();
  const { go } = useNavigation();
  const damaged = useCall('environments.damaged', {});
  const practice = useOperation('practice.start');
  const [leaving, setLeaving] = useState(false);
  const now = Date.now();
  const cards = byUrgency(environments.value ?? [], now);
  const totals = cards.length > 1 ? dueTotals(cards, now) : [];
  const practising = cards.some((card) => card.practice);
  // one whose files are damaged is there, though it has no card
  const none = environments.value?.length === 0 && damaged.value?.length === 0;

  const practise = !practising && !practice.running && (
    <Button variant="default" onClick={() => void practice.start({})}>
      {none ? 'Practise on a sample database' : 'Practise on a sample'}
    </Button>
  );
  const connect = (
    <Button variant={none ? 'filled' : 'default'} onClick={() => go('connect')}>
      Connect a database
    </Button>
  );

  return (
    <Screen
      title="Environments"
      {...(cards.length > 0 && { subtitle: summaryOf(cards) })}
      {...(!none && {
        actions: (
          <>
            {practise}
            {connect}
          </>
        ),
      })}
    >
      {environments.failure && (
        <FailureNotice failure={environments.failure} onRetry={() => void environments.reload()} />
      )}
      {damaged.value?.map((failure) => (
        <FailureNotice key={failure.message} failure={failure} onRetry={() => void damaged.reload()} />
      ))}
      {practice.progress && (
        <OperationProgress
          title="Starting a separate PostgreSQL server with a sample Ballast database"
          progress={practice.progress}
          onCancel={practice.cancel}
        />
      )}
      {practice.outcome && !practice.outcome.ok && (
        <FailureNotice failure={practice.outcome.error} onRetry={() => void practice.start({})} />
      )}
      {environments.loading && <Loading what="environments" heights={[260, 260]} />}
      {none && !practice.running && (
        <EmptyState
          icon="keel"
          title="No environment yet"
          actions={
            <>
              {practise}
              <Button variant="default" onClick={() => go('restore')}>
                Restore a key from a backup
              </Button>
              {connect}
            </>
          }
        >
          An environment is one deployment of Ballast, or of another application that encrypts credentials:
          its database, and the key that protects them. Connect a database, or try the whole process on a
          sample that Keel creates and deletes.
        </EmptyState>
      )}
      {totals.length > 0 && (
        <ul className={styles.totals} aria-label="What is due">
          {totals.map(({ words, tone }) => (
            <li key={words}>
              <StateBadge tone={tone}>{words}</StateBadge>
            </li>
          ))}
        </ul>
      )}
      {cards.length > maxCards && <EnvironmentList cards={cards} now={now} />}
      {(cards.length > 0 || none) && (
        <div className={styles.cards}>
          {(cards.length > maxCards ? cards.filter((card) => card.practice) : cards).map((card) => (
            <EnvironmentPanel key={card.id} card={card} onLeavePractice={() => setLeaving(true)} />
          ))}
          <RecentActivity cards={cards} />
        </div>
      )}
      <AgesChart cards={cards} now={now} />
      {leaving && <LeavePractice onClose={() => setLeaving(false)} />}
    </Screen>
  );
}

import { Button } from '@mantine/core';
import { useState } from 'react';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { LeavePractice } from '../../components/environments/leave-practice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { Screen } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useSession } from '../../session.tsx';
import { useCall } from '../../use-call.ts';
import { useOperation } from '../../use-operation.ts';
import { EnvironmentPanel } from './environment-panel.tsx';
import styles from './home.module.css';
import { RecentActivity } from './recent-activity.tsx';
import { summaryOf } from './next-action.ts';

/** Every environment with its one next action. */
export function HomeScreen() {
  const { environments } = useSession();
  const { go } = useNavigation();
  const damaged = useCall('environments.damaged', {});
  const practice = useOperation('practice.start');
  const [leaving, setLeaving] = useState(false);
  const cards = environments.value ?? [];
  const practising = cards.some((card) => card.practice);
  const none = environments.value !== undefined && cards.length === 0;

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
          title="Starting a PostgreSQL of its own with a sample Ballast database"
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
              {connect}
            </>
          }
        >
          An environment is one Ballast: its database and the ENCRYPTION_KEY that protects its credentials.
          Connect a database, or walk the whole job on a sample that Keel makes and removes.
        </EmptyState>
      )}
      {(cards.length > 0 || none) && (
        <div className={styles.cards}>
          {cards.map((card) => (
            <EnvironmentPanel key={card.id} card={card} onLeavePractice={() => setLeaving(true)} />
          ))}
          <RecentActivity cards={cards} />
        </div>
      )}
      {leaving && <LeavePractice onClose={() => setLeaving(false)} />}
    </Screen>
  );
}

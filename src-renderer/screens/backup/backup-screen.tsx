import { Button } from '@mantine/core';
import type { EnvironmentCard } from '#contract/environments';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { Screen } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useCall } from '../../use-call.ts';
import { BackupView } from './backup-view.tsx';

/** Backups of the keys, and the drills that prove them. */
export function BackupScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const { go } = useNavigation();
  const keys = useCall('keys.list', { environment: environment.id });
  if (keys.value?.some(({ state }) => state !== 'destroyed')) {
    return <BackupView environment={environment} keys={keys.value} />;
  }
  return (
    <Screen title="Backups">
      {keys.failure && (
        <FailureNotice failure={keys.failure} environment={environment} onRetry={() => void keys.reload()} />
      )}
      {keys.loading && <Loading what="the key ring" heights={[220, 160]} />}
      {keys.value && (
        <EmptyState
          icon="backup"
          title="No key to back up yet"
          actions={<Button onClick={() => go('key')}>Import key</Button>}
        >
          Import the key that {environment.application.name} uses, then create a backup of it and check with a
          test restore that it works.
        </EmptyState>
      )}
    </Screen>
  );
}

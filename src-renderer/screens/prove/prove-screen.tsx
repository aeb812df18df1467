import { Button } from '@mantine/core';
import type { EnvironmentCard } from '#contract/environments';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { Screen } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useCall } from '../../use-call.ts';
import { ProveKey } from './prove-key.tsx';
import { candidatesOf } from './candidates.ts';

/** Whether the key is the right one: first which columns are encrypted, then what the key opens of them. */
export function ProveScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const { go } = useNavigation();
  const keys = useCall('keys.list', { environment: environment.id });
  const inventory = useCall('inventory.read', { environment: environment.id });

  const failure = keys.failure ?? inventory.failure;
  const candidates = candidatesOf(keys.value ?? []);
  if (keys.value && inventory.value && candidates[0]) {
    return (
      <ProveKey
        environment={environment}
        keys={keys.value}
        candidates={[candidates[0], ...candidates.slice(1)]}
        inventory={inventory.value}
        onInventory={inventory.reload}
      />
    );
  }
  const reload = () => void Promise.all([keys.reload(), inventory.reload()]);
  return (
    <Screen title="Prove the key">
      {failure && <FailureNotice failure={failure} environment={environment} onRetry={reload} />}
      {(keys.loading || inventory.loading) && <Loading what="keys and columns" />}
      {keys.value && inventory.value && (
        <EmptyState
          icon="key"
          title="No key to prove yet"
          actions={<Button onClick={() => go('key')}>Import key</Button>}
        >
          First import the key that {environment.application.name} uses. Keel then decrypts values in the
          database with it.
        </EmptyState>
      )}
    </Screen>
  );
}

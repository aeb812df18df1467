import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { Screen } from '../../components/layout/screen.tsx';
import { useCall } from '../../use-call.ts';
import { ApiKeysView } from './api-keys-view.tsx';
import { ChooseTable } from './choose-table.tsx';

/** Ballast's API keys: first where they are, then the keys. */
export function ApiKeysScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const { id, name } = environment.application;
  if (id === 'ballast') return <KeysOf environment={environment} />;
  return (
    <Screen title="API keys">
      <EmptyState icon="api-keys" title={`Keel does not manage the API keys of ${name}`}>
        It creates, verifies and revokes Ballast’s API keys, whose table and hashes it knows. Create and
        revoke those of {name} in {name} itself. A rotation leaves them unchanged.
      </EmptyState>
    </Screen>
  );
}

function KeysOf({ environment }: { readonly environment: EnvironmentCard }) {
  const chosen = useCall('apiKeys.table', { environment: environment.id });
  const isChosen = chosen.value?.table !== undefined;
  const list = useCall('apiKeys.list', { environment: environment.id }, { enabled: isChosen });
  const [choosing, setChoosing] = useState(false);
  const isGone = list.failure?.code === 'api-key-table-missing';

  if ((chosen.value && !isChosen) || isGone || choosing) {
    return (
      <ChooseTable
        environment={environment}
        because={isGone ? list.failure : undefined}
        onChosen={() => {
          setChoosing(false);
          void chosen.reload();
          void list.reload();
        }}
        {...(choosing && list.value && !isGone && { onLeave: () => setChoosing(false) })}
      />
    );
  }
  if (list.value && !list.failure) {
    return <ApiKeysView environment={environment} list={list.value} onOtherTable={() => setChoosing(true)} />;
  }
  const failure = chosen.failure ?? list.failure;
  const retry = () => {
    void chosen.reload();
    if (isChosen) void list.reload();
  };
  return (
    <Screen title="API keys">
      {failure ? (
        <FailureNotice failure={failure} environment={environment} onRetry={retry} />
      ) : (
        <Loading what="the API keys" heights={[260, 200]} />
      )}
    </Screen>
  );
}

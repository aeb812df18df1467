import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Fingerprint } from '../../components/fingerprint.tsx';
import { Loading } from '../../components/loading.tsx';
import { FooterBar, Screen } from '../../components/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useCall } from '../../use-call.ts';
import { useClient } from '../../use-client.ts';
import { useOperation } from '../../use-operation.ts';
import { EnvTarget } from './env-target.tsx';
import { OldKey } from './old-key.tsx';
import { RestartAdvice } from './restart-advice.tsx';
import { stageOf } from './stage.ts';
import { Stragglers } from './stragglers.tsx';
import { VerifyConnections } from './verify-connections.tsx';

/** Brings the active key to where Ballast reads it, and looks for what was written under the old one. */
export function HandoffScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const { id } = environment;
  const client = useClient();
  const { go } = useNavigation();
  const state = useCall('handoff.state', { environment: id });
  const sweep = useOperation('rotation.sweep', id);
  const [chosen, setChosen] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const path = chosen ?? state.value?.envFile;
  const preview = useCall(
    'handoff.preview',
    { environment: id, path: path ?? '' },
    { enabled: path !== undefined },
  );

  if (!state.value)
    return (
      <Screen title="Hand the key to Ballast">
        {state.failure ? (
          <FailureNotice
            failure={state.failure}
            environment={environment}
            onRetry={() => void state.reload()}
          />
        ) : (
          <Loading what="where the key stands" />
        )}
      </Screen>
    );

  const { active, last } = state.value;
  if (!active)
    return (
      <Screen title="Hand the key to Ballast">
        <EmptyState
          icon="handoff"
          title="No key to hand off yet"
          actions={<Button onClick={() => go('key', id)}>Adopt and prove the key</Button>}
        >
          The hand-off writes the active key to where Ballast reads it. A key becomes the active one once it
          is proven on the database, or by a rotation.
        </EmptyState>
      </Screen>
    );

  const change = async (name: 'handoff.apply' | 'handoff.confirm') => {
    setBusy(true);
    const result =
      name === 'handoff.apply'
        ? await client.call(name, { environment: id, path: path ?? '' })
        : await client.call(name, { environment: id });
    setFailure(result.ok ? undefined : result.error);
    await Promise.all([state.reload(), ...(path === undefined ? [] : [preview.reload()])]);
    setBusy(false);
  };

  const stage = stageOf(state.value, preview.value);
  const startSweep = () => void sweep.start({ environment: id });
  const apply = (
    <Button disabled={!preview.value} loading={busy} onClick={() => void change('handoff.apply')}>
      Write the key to the file
    </Button>
  );
  return (
    <Screen
      title="Hand the key to Ballast"
      subtitle={
        <>
          The active key is <Fingerprint value={active} copyable={false} />
          {last && (
            <>
              ; before the {last.purpose === 'undo' ? 'undo' : 'rotation'} it was{' '}
              <Fingerprint value={last.from} copyable={false} />
            </>
          )}
        </>
      }
      step={stage}
      footer={
        <FooterBar
          status={statuses[stage]}
          {...(stage === 'give' && {
            secondary: (
              <Button variant="default" disabled={busy} onClick={() => void change('handoff.confirm')}>
                I gave Ballast the key another way
              </Button>
            ),
            primary: apply,
          })}
          {...(stage === 'write' && { primary: apply })}
          {...(stage === 'note' && {
            primary: (
              <Button loading={busy} onClick={() => void change('handoff.confirm')}>
                Ballast reads this file
              </Button>
            ),
          })}
          {...(stage === 'sweep' &&
            !sweep.running && { primary: <Button onClick={startSweep}>Look for stragglers</Button> })}
          {...(stage === 'done' && {
            secondary: (
              <Button variant="default" disabled={sweep.running} onClick={startSweep}>
                Sweep again
              </Button>
            ),
          })}
        />
      }
    >
      {failure && <FailureNotice failure={failure} environment={environment} />}
      <EnvTarget path={path} onChoose={setChosen} preview={preview} active={active} />
      {last && <RestartAdvice handedOff={last.handedOff} />}
      {last && (last.handedOff || sweep.outcome) && (
        <Stragglers environment={environment} last={last} sweep={sweep} onSwept={() => void state.reload()} />
      )}
      {last?.handedOff && <VerifyConnections environment={id} />}
      <OldKey state={state.value} />
    </Screen>
  );
}

const statuses = {
  give: 'Ballast does not have the active key yet',
  write: 'The file holds another key',
  note: 'The file holds the active key already',
  sweep: 'Handed off; rows may have been written under the old key meanwhile',
  done: 'Handed off, and nothing is left under the old key',
  idle: 'Nothing to hand off: no rotation changed the key',
} as const;

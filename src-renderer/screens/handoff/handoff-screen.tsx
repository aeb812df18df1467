import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { HandoffTarget } from '#contract/handoff';
import type { Failure } from '#contract/shapes';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useCall } from '../../use-call.ts';
import { useClient } from '../../use-client.ts';
import type { Result } from '../../tracked-operations.ts';
import { useOperation } from '../../use-operation.ts';
import { Leftovers } from './leftovers.tsx';
import { NameTarget } from './name-target.tsx';
import { RestartCard } from './restart-card.tsx';
import { stageOf } from './stage.ts';
import { Stragglers } from './stragglers.tsx';
import { VerifyConnections } from './verify-connections.tsx';
import { TargetDetail } from './target-detail.tsx';
import { TargetList } from './target-list.tsx';
import { targetKinds } from './target-text.ts';

/** Brings the active key to where the application reads it, and looks for what was written under the old one. */
export function HandoffScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const { id, application } = environment;
  const title = `Hand the key to ${application.name}`;
  const client = useClient();
  const { go, place } = useNavigation();
  const state = useCall('handoff.state', { environment: id });
  const sweep = useOperation('rotation.sweep', id);
  const intent = typeof place.intent === 'object' ? place.intent.handoff : undefined;
  const [choice, setChosen] = useState<{
    readonly target: HandoffTarget | undefined;
    readonly after: object | undefined;
  }>();
  // what one came for later than the choice
  const chosen = choice && choice.after === intent ? choice.target : intent;
  const [naming, setNaming] = useState(false);
  const [token, setToken] = useState('');
  const [lookWith, setLookWith] = useState('');
  /** The place that is being written, as text; or that the admin's word is being noted. */
  const [working, setWorking] = useState<string>();
  const [failure, setFailure] = useState<Failure>();
  const [forgotten, setForgotten] = useState(false);
  const targets = state.value?.targets ?? [];
  const target = chosen ?? targets[0]?.target;
  const named = targets.find((one) => sameTarget(one.target, target));
  const at = (target: HandoffTarget) => ({
    environment: id,
    target,
    ...(target.kind === 'vault' && { token: lookWith }),
  });
  const preview = useCall('handoff.preview', at(target ?? anyTarget), {
    enabled: target !== undefined && (target.kind !== 'vault' || lookWith !== ''),
  });

  if (!state.value)
    return (
      <Screen title={title}>
        {state.failure ? (
          <FailureNotice
            failure={state.failure}
            environment={environment}
            onRetry={() => void state.reload()}
          />
        ) : (
          <Loading what="the hand-off" />
        )}
      </Screen>
    );

  const { active, last, fleet } = state.value;
  if (!active)
    return (
      <Screen title={title}>
        <EmptyState
          icon="handoff"
          title="No key to hand off yet"
          actions={<Button onClick={() => go('key', id)}>Import and prove the key</Button>}
        >
          The hand-off writes the active key to where {application.name} reads it. A key becomes active once
          it is proven against the database, or by a rotation.
        </EmptyState>
      </Screen>
    );

  const choose = (next: HandoffTarget | undefined) => {
    setChosen({ target: next, after: intent });
    setNaming(false);
    setFailure(undefined);
    setForgotten(false);
    setToken('');
    setLookWith('');
  };
  const settle = async <Value extends object>(result: Result<Value>) => {
    setFailure(result.ok ? undefined : result.error);
    setForgotten(result.ok && 'remembered' in result.value && !result.value.remembered);
    await Promise.all([state.reload(), ...(target === undefined ? [] : [preview.reload()])]);
    setWorking(undefined);
  };
  const confirmHandoff = async () => {
    setWorking('handoff.confirm');
    await settle(await client.call('handoff.confirm', { environment: id }));
  };
  const changeTarget = async (name: 'handoff.apply' | 'handoff.takeBack') => {
    if (!target) return;
    setWorking(keyOf(target));
    await settle(await client.call(name, at(target)));
  };
  const forgetTarget = async () => {
    if (!target) return;
    setWorking(keyOf(target));
    const result = await client.call('handoff.forgetTarget', { environment: id, target });
    await settle(result);
    if (result.ok) choose(undefined);
  };

  const busy = working !== undefined;
  const isWritten = busy && working === keyOf(target);
  const stage = stageOf(state.value, preview.value);
  const swept = sweep.outcome?.ok === true;
  const startSweep = () => void sweep.start({ environment: id });
  const apply = (
    <Button
      // a further place, while looking for stragglers is the next step
      variant={stage === 'sweep' ? 'default' : 'filled'}
      disabled={!preview.value || (busy && !isWritten)}
      loading={isWritten}
      onClick={() => void changeTarget('handoff.apply')}
    >
      {target ? targetKinds[target.kind].write : 'Write the key'}
    </Button>
  );
  return (
    <Screen
      title={title}
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
          status={stage === 'sweep' && swept ? statuses.swept : statuses[stage]}
          {...(stage === 'give' && {
            secondary: (
              <Button variant="default" disabled={busy} onClick={() => void confirmHandoff()}>
                I updated {application.name} myself
              </Button>
            ),
            primary: apply,
          })}
          {...(stage === 'write' && { primary: apply })}
          {...(stage === 'note' && {
            primary: (
              <Button
                loading={working === 'handoff.confirm'}
                disabled={busy}
                onClick={() => void confirmHandoff()}
              >
                Mark as handed off
              </Button>
            ),
          })}
          {...(stage === 'sweep' &&
            !sweep.running && {
              secondary: preview.value?.upToDate === false && !naming && apply,
              primary: <Button onClick={startSweep}>{swept ? 'Sweep again' : 'Sweep for stragglers'}</Button>,
            })}
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
      {forgotten && (
        <Notice
          tone="warn"
          title="The key was written, but this destination could not be saved in the environment’s settings"
        />
      )}
      {target && targets.length > 0 && (
        <TargetList
          targets={targets}
          chosen={target}
          active={active}
          onChoose={choose}
          onAdd={() => setNaming(true)}
          {...(busy && { working })}
        />
      )}
      {naming || !target ? (
        <NameTarget
          application={application}
          onNamed={choose}
          {...(target && { onCancel: () => setNaming(false) })}
        />
      ) : (
        <TargetDetail
          key={JSON.stringify(target)}
          target={target}
          named={named}
          preview={preview}
          active={active}
          token={token}
          onToken={setToken}
          onLook={() => setLookWith(token)}
          onTakeBack={() => void changeTarget('handoff.takeBack')}
          onForget={() => void forgetTarget()}
          busy={busy}
        />
      )}
      {last && (
        <RestartCard environment={environment} advice={preview.value?.advice} handedOff={last.handedOff} />
      )}
      {last && !fleet && (last.handedOff || sweep.outcome) && (
        <Stragglers environment={environment} last={last} sweep={sweep} onSwept={() => void state.reload()} />
      )}
      {last?.handedOff && <VerifyConnections environment={id} />}
      <Leftovers environment={environment} />
    </Screen>
  );
}

/** Asked for by no one: there is no target yet. */
const anyTarget: HandoffTarget = { kind: 'key-file', path: '-' };

function keyOf(target: HandoffTarget | undefined): string {
  return JSON.stringify(target);
}

function sameTarget(one: HandoffTarget, other: HandoffTarget | undefined): boolean {
  return keyOf(one) === keyOf(other);
}

const statuses = {
  others: 'This destination has the active key, but another one does not: choose that one above',
  give: 'The application does not have the active key yet',
  write: 'A different key is stored there',
  note: 'The active key is already there',
  sweep: 'Handed off; rows may have been written with the old key in the meantime',
  swept: 'Handed off, but not confirmed yet: see what the sweep found',
  done: 'Handed off and confirmed by a sweep',
  idle: 'Nothing to hand off: no rotation has changed the key',
} as const;

import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import { counted } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { OutOfReach } from '../../components/notices/out-of-reach.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import { StatTiles } from '../../components/layout/stat-tiles.tsx';
import { useNavigation } from '../../navigation.tsx';
import { ConfirmFleet } from './confirm-fleet.tsx';
import { FindDatabases } from './find-databases.tsx';
import { FleetMembers } from './fleet-members.tsx';
import { missingForFleet, openHandoff } from './fleet-text.ts';
import { RecordedFleet } from './recorded-fleet.tsx';
import { useFleet } from './use-fleet.ts';

const title = 'Fleet';
const subtitle = 'One key for many databases: for example, one for each organisation.';

/** Proves and rotates many databases of one server, which share the environment's key. */
export function FleetScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const { go } = useNavigation();
  const { id, name } = environment.application;
  if (id !== 'ballast') return <NoFleetOf application={name} />;
  if (environment.activeKey && environment.columns > 0) return <FleetOf environment={environment} />;
  return (
    <Screen title={title} subtitle={subtitle}>
      <EmptyState
        icon="fleet"
        title="No key is proven yet"
        actions={<Button onClick={() => go('prove', environment.id)}>Find columns and prove the key</Button>}
      >
        The databases of a fleet share this environment’s key and encrypted columns, so set it up first.
      </EmptyState>
    </Screen>
  );
}

/** What is not offered, and what to do instead. */
function NoFleetOf({ application }: { readonly application: string }) {
  return (
    <Screen title={title} subtitle={subtitle}>
      <EmptyState icon="fleet" title="Fleets are for databases of Ballast">
        Keel has not been tested on fleets of {application}. Connect each of its databases as an environment
        of its own, and rotate them one by one.
      </EmptyState>
    </Screen>
  );
}

function FleetOf({ environment }: { readonly environment: EnvironmentCard }) {
  const { id } = environment;
  const { go } = useNavigation();
  const fleet = useFleet(id);
  const { state, found, proof, rotation, undo, result, left, names, chosen, over, running } = fleet;
  const [beside, setBeside] = useState(false);
  const [asking, setAsking] = useState(false);

  const accepted = beside ? ['other-sessions'] : [];
  const request = { environment: id, databases: chosen, accepted };
  const run = (rehearse: boolean) => {
    setAsking(false);
    void rotation.start({ ...request, rehearse }).then(state.reload);
  };
  const goBack = () => void undo.start({ environment: id, accepted }).then(state.reload);
  const record = state.value?.record;
  const handoff = openHandoff(environment);
  const undoing = record?.undo === true && left.length > 0;
  const all = names !== undefined && chosen.length === names.length;
  const missing = state.value && missingForFleet(state.value, chosen);
  const progress = fleet.job?.progress;

  return (
    <Screen
      title={title}
      subtitle={subtitle}
      footer={
        <FooterBar
          status={
            running
              ? 'You can leave this screen; this continues in the background.'
              : names === undefined
                ? 'No databases yet'
                : undoing
                  ? `${counted(left.length, 'database')} left to rotate back`
                  : (missing ?? `${counted(chosen.length, 'database')} rehearsed`)
          }
          {...(!running &&
            names !== undefined && {
              secondary: (
                <>
                  <Button
                    variant="default"
                    disabled={chosen.length === 0}
                    onClick={() => void proof.start({ environment: id, databases: chosen })}
                  >
                    {all ? 'Prove all' : `Prove ${chosen.length}`}
                  </Button>
                  {!undoing && (
                    <Button
                      variant="default"
                      disabled={chosen.length === 0 || !state.value?.backupProven}
                      onClick={() => run(true)}
                    >
                      Rehearse
                    </Button>
                  )}
                </>
              ),
              primary: undoing ? (
                <Button onClick={goBack}>Continue undo…</Button>
              ) : (
                <Button disabled={!state.value || missing !== undefined} onClick={() => setAsking(true)}>
                  {left.length > 0 ? 'Run the rest…' : 'Rotate…'}
                </Button>
              ),
            })}
        />
      }
    >
      {state.failure && <FailureNotice failure={state.failure} onRetry={() => void state.reload()} />}
      {fleet.failure && <FailureNotice failure={fleet.failure} environment={environment} />}
      {found.failure && (
        <FailureNotice
          failure={found.failure}
          environment={environment}
          onRetry={() => void found.reload()}
        />
      )}
      {progress && (
        <OperationProgress
          title="Working on the fleet"
          progress={progress}
          {...(fleet.job && { onCancel: fleet.job.cancel })}
        />
      )}
      {left.length > 0 && state.value?.to !== undefined && !running && (
        <Notice
          tone="warn"
          title={`${undoing ? 'The undo' : 'A rotation'} of this fleet is not finished: ${counted(left.length, 'database')} left.`}
          remedy={
            undoing
              ? 'Fix what failed, then continue the undo.'
              : 'Fix what failed, rehearse again if this is a new session, then run the rest.'
          }
        >
          The others are already encrypted with <Fingerprint value={state.value.to} copyable={false} /> and
          are left unchanged.
        </Notice>
      )}
      {left.length === 0 && !running && handoff && (
        <Notice
          tone="warn"
          title={handoff.title}
          remedy="It cannot decrypt the credentials of these databases until it has."
          action={<Button onClick={() => go('handoff', id)}>{handoff.act}</Button>}
        />
      )}
      {left.length === 0 && <FindDatabases busy={found.loading} disabled={running} onFind={fleet.find} />}
      {(state.loading || found.loading) && <Loading what="the databases" heights={[220]} />}
      {result && !running && (
        <>
          <p role="status">{result.title}</p>
          <StatTiles tiles={result.tiles} />
        </>
      )}
      {names && !found.loading && (
        <>
          <FleetMembers
            // another list begins anew: open where it is short
            key={names.join(' ')}
            names={names}
            lines={result?.lines ?? []}
            chosen={new Set(chosen)}
            over={over}
            disabled={running}
            onChoose={fleet.choose}
            left={new Set(left)}
            givenUp={fleet.givenUp}
            onGiveUp={(name, withdraw) => void fleet.giveUp(name, withdraw)}
          />
          <Switch
            label="Continue with other sessions connected"
            description="They may then write rows with the old key, which a sweep has to find. A rehearsal does not affect them."
            checked={beside}
            disabled={running}
            onChange={(event) => setBeside(event.currentTarget.checked)}
          />
        </>
      )}
      {result && !running && <OutOfReach reach={result.beyondReach} each="database" />}
      {record && (
        <RecordedFleet
          record={record}
          disabled={running}
          onSweep={() => void fleet.sweep.start({ environment: id }).then(state.reload)}
          onRecover={() => void fleet.recovery.start({ environment: id }).then(state.reload)}
          onUndo={goBack}
        />
      )}
      {!names && !state.loading && !found.loading && (
        <EmptyState icon="fleet" title="Which databases belong together?">
          Find them by name on this environment’s server. Keel connects as the environment’s user, and they
          must be encrypted with its active key.
        </EmptyState>
      )}
      {asking && state.value && (
        <ConfirmFleet
          state={state.value}
          count={chosen.length}
          onConfirm={() => run(false)}
          onClose={() => setAsking(false)}
        />
      )}
    </Screen>
  );
}

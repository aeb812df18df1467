import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { KeepReason, KeyMemory, KeyRingMemory } from '#contract/key-ring';
import type { KeyEntry } from '#contract/keys';
import type { Failure } from '#contract/shapes';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { formatMoment } from '../../components/format.ts';
import { Notice } from '../../components/notices/notice.tsx';
import { useClient } from '../../use-client.ts';
import { DestroyKey } from './destroy-key.tsx';
import styles from './key.module.css';
import { StateDumps } from './state-dumps.tsx';

export interface OldDumpsProps {
  readonly environment: EnvironmentCard;
  readonly entry: KeyEntry;
  readonly memory: KeyMemory;
  readonly ring: KeyRingMemory;
  readonly onChanged: () => void;
  readonly onDestroyed: () => void;
}

/** What keeps a key that is not in use: the dumps of its time, until the admin states that there are none; and its end. */
export function OldDumps(props: OldDumpsProps) {
  const { environment, entry, memory, ring, onChanged, onDestroyed } = props;
  const { dumps } = ring;
  const client = useClient();
  const [asking, setAsking] = useState<'state' | 'destroy'>();
  const [failure, setFailure] = useState<Failure>();
  const { neededUntil, released, neverUsed, destroyingSince } = memory;
  if (entry.state === 'active' || entry.state === 'destroyed') return null;

  const withdraw = async () => {
    const result = await client.call('keyring.stateDumps', { environment: environment.id });
    setFailure(result.ok ? undefined : result.error);
    onChanged();
  };
  const close = () => {
    setAsking(undefined);
    onChanged();
  };

  return (
    <Card title="Retention">
      <div className={styles.detail}>
        {destroyingSince !== undefined && (
          <Notice
            tone="warn"
            title={`Destroying it started ${formatMoment(destroyingSince)} and was interrupted.`}
            remedy="It may already be gone. Destroy it again to finish, or import it again from a backup."
          />
        )}
        {neverUsed && (
          <Notice tone="info" title="This key was never active here.">
            Another key decrypts this database. If this one was imported by mistake, you can destroy it; the
            file or backup that it came from is not touched.
          </Notice>
        )}
        <p>
          {neededUntil === undefined
            ? 'It was generated here and never used: no dump needs it.'
            : `Database dumps started before ${formatMoment(neededUntil)} may need it. Keel cannot know whether any still exist; only you can.`}
        </p>
        {dumps && (
          <p>
            Stated {formatMoment(dumps.statedAt)}: no dump started before {formatMoment(dumps.noneBefore)}{' '}
            exists any more.
            {!released && ' That is not late enough for this key.'}
          </p>
        )}
        {failure && <FailureNotice failure={failure} environment={environment} />}
        <div className={styles.actions}>
          {neededUntil !== undefined && !released && (
            <Button variant="default" onClick={() => setAsking('state')}>
              I have no such dumps…
            </Button>
          )}
          {(released || neverUsed) && (
            <Button variant="default" onClick={() => setAsking('destroy')}>
              Destroy this key…
            </Button>
          )}
          {dumps && (
            <Button variant="subtle" onClick={() => void withdraw()}>
              Withdraw statement
            </Button>
          )}
        </div>
      </div>
      {asking === 'state' && neededUntil !== undefined && (
        <StateDumps
          environment={environment}
          noneBefore={neededUntil}
          reasons={censusReasons(ring, neededUntil)}
          onSearched={onChanged}
          onClose={close}
        />
      )}
      {asking === 'destroy' && (
        <DestroyKey
          environment={environment}
          entry={entry}
          memory={memory}
          onSearched={onChanged}
          onClose={close}
          onDestroyed={onDestroyed}
        />
      )}
    </Card>
  );
}

const ofCensus = ['no-census', 'values-seen', 'not-read'];

/** What a statement up to a time has to answer for: each database and place once, whichever keys it releases. */
function censusReasons({ keys }: KeyRingMemory, noneBefore: string): KeepReason[] {
  const released = keys.filter(
    ({ state, neededUntil }) =>
      state !== 'active' &&
      state !== 'destroyed' &&
      neededUntil !== undefined &&
      Date.parse(neededUntil) <= Date.parse(noneBefore),
  );
  const reasons = released.flatMap((key) => key.reasons).filter(({ code }) => ofCensus.includes(code));
  // what cannot be accepted for one key shows, whatever another says of the same database
  reasons.sort((a, b) => Number(b.acceptable) - Number(a.acceptable));
  return [...new Map(reasons.map((reason) => [reason.accept, reason])).values()];
}

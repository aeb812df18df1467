import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { CommittedRotation } from '#contract/rotation';
import { Card } from '../../components/card.tsx';
import { ConfirmByTyping, isConfirmed } from '../../components/confirm-by-typing.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { formatCounted } from '../../components/format.ts';
import { Notice } from '../../components/notice.tsx';
import { OperationProgress } from '../../components/operation-progress.tsx';
import { type Operation, useOperation } from '../../use-operation.ts';
import styles from './handoff.module.css';

export interface StragglersProps {
  readonly environment: EnvironmentCard;
  readonly last: CommittedRotation;
  readonly sweep: Operation<'rotation.sweep'>;
  readonly onSwept: () => void;
}

/** Rows that were written under the old key after the cutover: found, and re-encrypted where there are any. */
export function Stragglers({ environment, last, sweep, onSwept }: StragglersProps) {
  const { id, name } = environment;
  const rewrite = useOperation('rotation.sweepRewrite', id);
  const [typed, setTyped] = useState('');
  const { progress, outcome } = sweep;
  const look = async () => {
    await sweep.start({ environment: id });
    onSwept();
  };
  const found = outcome?.ok ? outcome.value : undefined;
  const failure = outcome?.ok === false ? outcome.error : undefined;
  const trouble = rewrite.outcome?.ok === false ? rewrite.outcome.error : undefined;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isConfirmed(name, typed)) return;
    const result = await rewrite.start({ environment: id, accepted: [], confirmation: typed });
    setTyped('');
    // only a sweep says that nothing is left
    if (result.ok) await look();
  };

  return (
    <Card title="Stragglers">
      <div className={styles.stragglers}>
        {progress && (
          <OperationProgress
            title="Looking for rows under the old key"
            progress={progress}
            onCancel={sweep.cancel}
          />
        )}
        {rewrite.progress && (
          <OperationProgress
            title="Re-encrypting stragglers"
            progress={rewrite.progress}
            onCancel={rewrite.cancel}
          />
        )}
        {failure && <FailureNotice failure={failure} environment={environment} onRetry={() => void look()} />}
        {trouble && <FailureNotice failure={trouble} environment={environment} />}
        {!progress && !found && !failure && (
          <p className={styles.dim}>
            {last.confirmed
              ? 'A sweep found nothing under the old key.'
              : 'Whatever wrote to the database between the cutover and Ballast’s restart used the old key. A sweep reads every row and tells; it changes nothing.'}
          </p>
        )}
        {found && found.stragglers === 0 && !progress && (
          <Notice live tone="good" title="No row is under the old key.">
            {found.ambiguous > 0 &&
              `${formatCounted(found.ambiguous, 'value')} ${found.ambiguous === 1 ? 'is' : 'are'} too short to tell: both keys open ${found.ambiguous === 1 ? 'it' : 'them'}. They were left as they are; look at them in Ballast.`}
          </Notice>
        )}
        {found && found.stragglers > 0 && !rewrite.running && !progress && (
          <>
            <Notice
              live
              tone="warn"
              title={`${formatCounted(found.stragglers, 'row')} ${found.stragglers === 1 ? 'was' : 'were'} written under the old key.`}
            >
              Make sure that Ballast runs with the new key, then bring them over. It is done like the
              rotation: one transaction, compared before the commit.
            </Notice>
            <form className={styles.confirm} onSubmit={(event) => void submit(event)}>
              <ConfirmByTyping
                phrase={name}
                value={typed}
                onChange={setTyped}
                purpose="re-encrypt them under the new key"
              />
              <Button type="submit" variant="default" disabled={!isConfirmed(name, typed)}>
                Re-encrypt {formatCounted(found.stragglers, 'row')}
              </Button>
            </form>
          </>
        )}
      </div>
    </Card>
  );
}

import { Button } from '@mantine/core';
import { counted } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import type { CommittedRotation } from '#contract/rotation';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { OperationProgress } from '../../components/notices/operation-progress.tsx';
import { useNavigation } from '../../navigation.tsx';
import { type Operation, useOperation } from '../../use-operation.ts';
import styles from './handoff.module.css';
import { SweepResult } from './sweep-result.tsx';

export interface StragglersProps {
  readonly environment: EnvironmentCard;
  readonly last: CommittedRotation;
  readonly sweep: Operation<'rotation.sweep'>;
  readonly onSwept: () => void;
}

/** Rows that were written under the old key after the cutover: found, and re-encrypted where there are any. */
export function Stragglers({ environment, last, sweep, onSwept }: StragglersProps) {
  const { id } = environment;
  const { go } = useNavigation();
  const rewrite = useOperation('rotation.sweepRewrite', id);
  const { progress, outcome } = sweep;
  const look = async () => {
    await sweep.start({ environment: id });
    onSwept();
  };
  const found = outcome?.ok ? outcome.value : undefined;
  const failure = outcome?.ok === false ? outcome.error : undefined;
  const trouble = rewrite.outcome?.ok === false ? rewrite.outcome.error : undefined;

  const reencrypt = async () => {
    const result = await rewrite.start({ environment: id, accepted: [] });
    // only a sweep says that nothing is left
    if (result.ok) await look();
  };

  return (
    <Card title="Stragglers">
      <div className={styles.stragglers}>
        {progress && (
          <OperationProgress
            title="Sweeping for rows encrypted with the old key"
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
              ? 'A sweep confirmed this rotation. Sweep again to see what it reads and finds now.'
              : `Anything written to the database between the cutover and ${environment.application.name}’s restart used the old key. A sweep reads every row in the inventory and then the rest of the database for values encrypted with the old key. It is read-only.`}
          </p>
        )}
        {found && !progress && !rewrite.running && (
          <SweepResult found={found} onUndo={() => go('rotate', id)} />
        )}
        {found && found.stragglers > 0 && !rewrite.running && !progress && (
          <div className={styles.confirm}>
            <Button variant="default" onClick={() => void reencrypt()}>
              Re-encrypt {counted(found.stragglers, 'row')}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

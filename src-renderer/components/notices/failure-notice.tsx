import { Button } from '@mantine/core';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import { asSentence } from '../format.ts';
import { LongText } from '../layout/long-text.tsx';
import { isUnlockable, missingSecrets } from './missing-secrets.ts';
import { Notice } from './notice.tsx';
import { useUnlocking } from '../environments/unlocking.tsx';

export interface FailureNoticeProps {
  readonly failure: Failure;
  /** Where a password or passphrase that is missing can be typed. */
  readonly environment?: EnvironmentCard | undefined;
  /** Tries again; offered as a button, and done after what was missing has been typed. */
  readonly onRetry?: () => void;
}

/** What names each of a thousand columns is longer. */
const maxLength = 900;

/** A failure in words: what happened and what did not, what to do, and the id under which the log has more. */
export function FailureNotice({ failure, environment, onRetry }: FailureNoticeProps) {
  const unlock = useUnlocking();
  const unlockable = environment !== undefined && isUnlockable(failure);

  const unlockAndRetry = async () => {
    if (environment && (await unlock(environment, failure))) onRetry?.();
  };

  const action = unlockable ? (
    <Button variant="default" onClick={() => void unlockAndRetry()}>
      {missingSecrets(environment, failure).password ? 'Enter the password' : 'Enter the passphrase'}
    </Button>
  ) : (
    onRetry && (
      <Button variant="default" onClick={onRetry}>
        Try again
      </Button>
    )
  );
  return (
    <Notice
      live
      tone={failure.code === 'cancelled' ? 'info' : 'stop'}
      title={<LongText text={asSentence(failure.message)} maxLength={maxLength} />}
      remedy={<LongText text={asSentence(failure.remedy)} maxLength={maxLength} />}
      {...(action && { action })}
    >
      {failure.details && (
        <>
          Id <code>{failure.details.id}</code>
        </>
      )}
    </Notice>
  );
}

import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import type { Result } from '../../tracked-operations.ts';
import styles from './copy-secret.module.css';
import { FailureNotice } from '../notices/failure-notice.tsx';

export interface CopySecretProps {
  /** Where a passphrase that is missing can be entered; a key of no environment needs none. */
  readonly environment?: EnvironmentCard | undefined;
  /** Has the main process put it into the clipboard, past the window. */
  readonly copy: () => Promise<Result<{ clearsInSeconds: number }>>;
  readonly primary?: boolean;
  readonly onCopied?: () => void;
}

/** Puts a key into the clipboard, past the window, and counts down to its clearing. */
export function CopySecret({ environment, copy: ask, primary = false, onCopied }: CopySecretProps) {
  const [clearsAt, setClearsAt] = useState<number>();
  const [now, setNow] = useState(0);
  const [failure, setFailure] = useState<Failure>();
  const left = clearsAt === undefined ? undefined : Math.ceil((clearsAt - now) / 1000);
  const counting = left !== undefined && left > 0;

  useEffect(() => {
    if (!counting) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [counting]);

  const copy = async () => {
    const result = await ask();
    setFailure(result.ok ? undefined : result.error);
    if (!result.ok) return;
    setNow(Date.now());
    setClearsAt(Date.now() + result.value.clearsInSeconds * 1000);
    onCopied?.();
  };

  return (
    <>
      <Button
        {...(primary && !counting ? {} : { variant: 'default' })}
        data-autofocus={primary || undefined}
        onClick={() => void copy()}
      >
        {counting ? 'Copy again' : 'Copy the key'}
      </Button>
      {counting && <span className={styles.copied}>Copied. The clipboard is cleared in {left} s</span>}
      <span role="status" className={styles.copied}>
        {/* said once, not each second */}
        {clearsAt !== undefined &&
          !counting &&
          'Time is up: Keel clears the clipboard if the key is still in it'}
      </span>
      {failure && <FailureNotice failure={failure} environment={environment} onRetry={() => void copy()} />}
    </>
  );
}

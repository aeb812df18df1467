import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Failure } from '#contract/shapes';
import { FailureNotice } from '../../components/failure-notice.tsx';
import type { EnvironmentCard } from '#contract/environments';
import { useClient } from '../../use-client.ts';
import styles from './key.module.css';

export interface CopyKeyProps {
  readonly environment: EnvironmentCard;
  readonly fingerprint: string;
}

/** Puts the key into the clipboard, past the window, and counts down to its clearing. */
export function CopyKey({ environment, fingerprint }: CopyKeyProps) {
  const client = useClient();
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
    const result = await client.call('keys.copy', { environment: environment.id, fingerprint });
    setFailure(result.ok ? undefined : result.error);
    if (!result.ok) return;
    setNow(Date.now());
    setClearsAt(Date.now() + result.value.clearsInSeconds * 1000);
  };

  return (
    <>
      <Button variant="default" onClick={() => void copy()}>
        {counting ? 'Copy it again' : 'Copy the key'}
      </Button>
      {counting && <span className={styles.copied}>In the clipboard, cleared in {left} s</span>}
      <span role="status" className={styles.copied}>
        {/* said once, not each second */}
        {clearsAt !== undefined && !counting && 'The clipboard was cleared'}
      </span>
      {failure && <FailureNotice failure={failure} environment={environment} onRetry={() => void copy()} />}
    </>
  );
}

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure } from '#contract/shapes';
import { useClient } from '../use-client.ts';

/** Held this long, it was meant; the main process asks the same. */
const holdMs = 600;
/** Whoever leans on the key longer has seen enough. */
const mostMs = 20_000;

export interface Reveal {
  readonly key: string | undefined;
  readonly failure: Failure | undefined;
  readonly holding: boolean;
  readonly press: () => void;
  readonly release: () => void;
}

/** Shows a key while something is held, and forgets it at release, on blur, when hidden, and after a time. */
export function useReveal(environment: string, fingerprint: string): Reveal {
  const client = useClient();
  const [key, setKey] = useState<string>();
  const [failure, setFailure] = useState<Failure>();
  const [holding, setHolding] = useState(false);
  const turn = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(false);

  const release = useCallback(() => {
    turn.current += 1;
    clearTimeout(timer.current);
    setHolding(false);
    setKey(undefined);
    if (!asked.current) return;
    asked.current = false;
    void client.call('keys.hide', {});
  }, [client]);

  const press = () => {
    release();
    setFailure(undefined);
    setHolding(true);
    const mine = turn.current;
    timer.current = setTimeout(() => void show(mine), holdMs);
  };

  const show = async (mine: number) => {
    asked.current = true;
    const result = await client.call('keys.reveal', { environment, fingerprint });
    // released meanwhile: the answer is dropped unseen
    if (mine !== turn.current) return;
    if (result.ok) {
      setKey(result.value.key);
      timer.current = setTimeout(release, mostMs);
    } else {
      release();
      setFailure(result.error);
    }
  };

  useEffect(() => {
    const whenHidden = () => {
      if (document.hidden) release();
    };
    window.addEventListener('blur', release);
    document.addEventListener('visibilitychange', whenHidden);
    return () => {
      window.removeEventListener('blur', release);
      document.removeEventListener('visibilitychange', whenHidden);
      release();
    };
  }, [release]);

  return { key, failure, holding, press, release };
}

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure } from '#contract/shapes';
import type { Result } from '../../tracked-operations.ts';
import { useClient } from '../../use-client.ts';

/** Held this long, it was meant; the main process asks for a little less, since the press reaches it later. */
const holdMs = 600;
/** Whoever leans on the key longer has seen enough of one line. */
const usualMs = 20_000;

export interface Reveal<Shown> {
  readonly shown: Shown | undefined;
  readonly failure: Failure | undefined;
  readonly holding: boolean;
  /** It was held long enough, and what is to be shown is being read: a sealed file takes seconds. */
  readonly reading: boolean;
  readonly press: () => void;
  readonly release: () => void;
}

/**
 * Shows what `ask` answers while something is held, and forgets it at release, on blur, when hidden, and after a time. `ask`
 * calls a procedure that reveals.
 */
export function useReveal<Shown>(
  ask: () => Promise<Result<Shown>>,
  { maxMs = usualMs }: { readonly maxMs?: number } = {},
): Reveal<Shown> {
  const client = useClient();
  const [shown, setShown] = useState<Shown>();
  const [failure, setFailure] = useState<Failure>();
  const [holding, setHolding] = useState(false);
  const [reading, setReading] = useState(false);
  const turn = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(false);

  const release = useCallback(() => {
    turn.current += 1;
    clearTimeout(timer.current);
    setHolding(false);
    setReading(false);
    setShown(undefined);
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
    setReading(true);
    const result = await ask();
    // released meanwhile: the answer is dropped unseen
    if (mine !== turn.current) return;
    setReading(false);
    if (result.ok) {
      setShown(result.value);
      timer.current = setTimeout(release, maxMs);
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

  return { shown, failure, holding, reading, press, release };
}

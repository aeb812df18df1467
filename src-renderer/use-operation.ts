import { useCallback, useState, useSyncExternalStore } from 'react';
import type { Input, LongName, Output } from '#contract/procedures';
import type { Progress, Result } from './tracked-operations.ts';
import { useClient } from './use-client.ts';

export interface Operation<Name extends LongName> {
  /** Where it stands, while it runs. */
  readonly progress: Progress | undefined;
  /** How the last run ended, until `forget` or the next start. */
  readonly outcome: Result<Output<Name>> | undefined;
  readonly running: boolean;
  /** When the last run began; absent where none did. */
  readonly startedAt: number | undefined;
  /** Starts it; resolves at its end. */
  readonly start: (input: Input<Name>) => Promise<Result<Output<Name>>>;
  readonly cancel: () => void;
  readonly forget: () => void;
}

/**
 * Long work of one procedure on one environment. It goes on when its screen is left, and is found again when the
 * screen, or the whole window, comes back.
 */
export function useOperation<Name extends LongName>(name: Name, environment?: string): Operation<Name> {
  const client = useClient();
  const all = useSyncExternalStore(client.operations.subscribe, client.operations.list);
  const mine = all.findLast((one) => one.procedure === name && one.environment === environment);
  // between the call and its answer with the id, or where not even that came about
  const [starting, setStarting] = useState(false);
  const [refusal, setRefusal] = useState<Result<Output<Name>>>();

  const start = useCallback(
    async (input: Input<Name>) => {
      setStarting(true);
      setRefusal(undefined);
      const outcome = await client.run(name, input, { onProgress: () => setStarting(false) }).outcome;
      setStarting(false);
      // what ended as an operation is found there; what was refused before it became one is kept here
      const began = client.operations.list().some((one) => one.outcome === outcome);
      if (!began) setRefusal(outcome);
      return outcome;
    },
    [client, name],
  );

  const running = starting || (mine !== undefined && mine.outcome === undefined);
  const outcome = refusal ?? (mine?.outcome as Result<Output<Name>> | undefined);
  return {
    progress: running ? (mine && !mine.outcome ? mine.progress : beginning) : undefined,
    outcome: running ? undefined : outcome,
    running,
    startedAt: refusal ? undefined : mine?.startedAt,
    start,
    cancel: () => {
      if (mine && !mine.outcome) void client.cancel(mine.operation);
    },
    forget: () => {
      setRefusal(undefined);
      if (mine) client.operations.forget(mine.operation);
    },
  };
}

const beginning: Progress = { step: '', done: 0, cancellable: false };

import { useState } from 'react';
import type { Connection, ConnectionReport } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import type { Progress } from '../../tracked-operations.ts';
import { useOperation } from '../../use-operation.ts';

export interface ConnectionTest {
  readonly progress: Progress | undefined;
  readonly running: boolean;
  /** Of exactly the connection that is there now. */
  readonly report: ConnectionReport | undefined;
  readonly failure: Failure | undefined;
  /** Resolves with the report if the test came to its end and the way is clear. */
  readonly test: () => Promise<ConnectionReport | undefined>;
  readonly cancel: () => void;
}

/** Tests a connection; a change of it makes the result void. */
export function useConnectionTest(connection: Connection | undefined): ConnectionTest {
  const { start, progress, running, outcome, cancel } = useOperation('connection.test');
  const [tested, setTested] = useState<string>();
  const current = JSON.stringify(connection);
  const mine = !running && tested === current ? outcome : undefined;

  return {
    progress,
    running,
    report: mine?.ok ? mine.value : undefined,
    failure: mine && !mine.ok ? mine.error : undefined,
    cancel,
    async test() {
      if (!connection) return undefined;
      setTested(current);
      const result = await start({ connection });
      return result.ok && result.value.ok ? result.value : undefined;
    },
  };
}

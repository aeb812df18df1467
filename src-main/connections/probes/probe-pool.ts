export interface PoolLimits {
  /** Probes at once. */
  readonly overall: number;
  /** Of them, against one host. */
  readonly perHost: number;
  /** Jobs that wait; who brings one more waits too. */
  readonly waiting: number;
}

export interface ProbePool {
  /** Takes a job for a host; resolves once there is room for another, not when it is done. */
  take(host: string, job: () => Promise<void>): Promise<void>;
  /** Waits until all is done. Throws what the first failing job threw. */
  settle(): Promise<void>;
}

interface Waiting {
  readonly host: string;
  readonly job: () => Promise<void>;
}

/** Runs jobs side by side, within limits; after one that failed no other is begun. */
export function createProbePool({ overall, perHost, waiting: maxWaiting }: PoolLimits): ProbePool {
  const waiting: Waiting[] = [];
  const running = new Map<string, number>();
  const wakes: (() => void)[] = [];
  const state: { count: number; failure?: { readonly error: unknown } } = { count: 0 };

  const mayRun = ({ host }: Waiting) => (running.get(host) ?? 0) < perHost;

  const start = ({ host, job }: Waiting) => {
    state.count++;
    running.set(host, (running.get(host) ?? 0) + 1);
    void job()
      .catch((error: unknown) => {
        state.failure ??= { error };
        waiting.length = 0;
      })
      .finally(() => {
        state.count--;
        const left = (running.get(host) ?? 1) - 1;
        if (left > 0) running.set(host, left);
        else running.delete(host);
        fill();
        for (const wake of wakes.splice(0)) wake();
      });
  };

  const fill = () => {
    while (state.count < overall) {
      const next = waiting.findIndex(mayRun);
      if (next < 0) return;
      for (const job of waiting.splice(next, 1)) start(job);
    }
  };

  const change = () => new Promise<void>((resolve) => wakes.push(resolve));
  const throwIfFailed = () => {
    if (state.failure) throw state.failure.error;
  };

  return {
    async take(host, job) {
      throwIfFailed();
      waiting.push({ host, job });
      fill();
      while (waiting.length >= maxWaiting && !state.failure) await change();
      throwIfFailed();
    },
    async settle() {
      while (state.count > 0 || (waiting.length > 0 && !state.failure)) await change();
      throwIfFailed();
    },
  };
}

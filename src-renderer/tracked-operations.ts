import type { AppEvent } from '#contract/app';
import type { LongName } from '#contract/procedures';
import type { Failure } from '#contract/shapes';

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure };

/** Where long work stands. */
export interface Progress {
  readonly step: string;
  readonly done: number;
  readonly total?: number | undefined;
  readonly rowsPerSecond?: number | undefined;
  readonly cancellable: boolean;
}

/** Long work that this window started, or found under way when it was loaded. */
export interface TrackedOperation {
  readonly operation: string;
  readonly procedure: LongName;
  readonly environment?: string;
  /** Since when it is followed here, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly progress: Progress;
  /** There once it is over. */
  readonly outcome?: Result<unknown>;
  /** The admin was shown how it ended. */
  readonly seen?: boolean;
}

export interface TrackedOperations {
  /** Follows an operation from now on; what was told of it before it was known here is not lost. */
  readonly track: (
    operation: Omit<TrackedOperation, 'startedAt' | 'progress' | 'outcome' | 'seen'>,
    progress?: Progress,
  ) => void;
  /** Takes in an event of the main process. Others than those of operations are ignored. */
  readonly take: (event: AppEvent) => void;
  /** Notes that the admin was shown how it ended. */
  readonly see: (operation: string) => void;
  /** Drops one that is over. */
  readonly forget: (operation: string) => void;
  /** The same array until something changes; newest last. */
  readonly list: () => readonly TrackedOperation[];
  /** Answers a function that ends the subscription. */
  readonly subscribe: (listener: () => void) => () => void;
}

type Update = Partial<Pick<TrackedOperation, 'progress' | 'outcome' | 'seen'>>;

/** Events of operations that nobody here knows yet are kept for this many. */
const maxUnknown = 20;

const begun: Progress = { step: '', done: 0, cancellable: true };

/** Keeps what is told of long work by id, whichever comes first: the id as the answer of a call, or its events. */
export function createTrackedOperations(): TrackedOperations {
  let tracked: readonly TrackedOperation[] = [];
  const early = new Map<string, Update>();
  const listeners = new Set<() => void>();

  const replace = (next: readonly TrackedOperation[]) => {
    tracked = next;
    for (const listener of listeners) listener();
  };

  const tell = (operation: string, report: Update) => {
    if (tracked.some((one) => one.operation === operation)) {
      replace(tracked.map((one) => (one.operation === operation ? { ...one, ...report } : one)));
      return;
    }
    early.set(operation, { ...early.get(operation), ...report });
    const oldest = early.keys().next().value;
    if (early.size > maxUnknown && oldest !== undefined) early.delete(oldest);
  };

  return {
    track(operation, progress = begun) {
      if (tracked.some((one) => one.operation === operation.operation)) return;
      const report = early.get(operation.operation);
      early.delete(operation.operation);
      // of the same work, only the last is worth keeping
      const others = tracked.filter((one) => !one.outcome || !isSameWork(one, operation));
      replace([...others, { ...operation, startedAt: Date.now(), progress, ...report }]);
    },
    take(event) {
      if (event.kind === 'progress') {
        const { kind: _, operation, ...progress } = event;
        tell(operation, { progress });
      } else if (event.kind === 'done') {
        tell(event.operation, { outcome: { ok: true, value: event.value } });
      } else if (event.kind === 'failed') {
        tell(event.operation, { outcome: { ok: false, error: event.error } });
      }
    },
    see: (operation) => tell(operation, { seen: true }),
    forget: (operation) => replace(tracked.filter((one) => one.operation !== operation || !one.outcome)),
    list: () => tracked,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function isSameWork(
  one: Pick<TrackedOperation, 'procedure' | 'environment'>,
  other: Pick<TrackedOperation, 'procedure' | 'environment'>,
): boolean {
  return one.procedure === other.procedure && one.environment === other.environment;
}

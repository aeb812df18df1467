import { setMaxListeners } from 'node:events';
import { randomUUID } from 'node:crypto';
import type { AppEvent } from '#contract/app';
import type { Failure } from '#contract/shapes';
import { KeelError } from '#errors/keel-error';
import type { Work } from './implementations.ts';

/** Work under way, as the window may ask for it. */
export interface RunningOperation {
  readonly operation: string;
  readonly procedure: string;
  readonly environment?: string;
  readonly step: string;
  readonly done: number;
  readonly total?: number;
  readonly cancellable: boolean;
  /** It asked the admin, who agreed: what it asked about may be under way. What asks nothing, like a rehearsal, never is. */
  readonly agreed?: true;
}

/** Asks the admin, and has the operation known as one that they agreed to. */
export type OnceAgreed = (ask: () => Promise<void>) => Promise<void>;

export interface OperationRequest {
  readonly procedure: string;
  readonly environment?: string;
  /** The work; its answer is told as it is, so it must have been checked. */
  readonly run: (work: Work, onceAgreed: OnceAgreed) => Promise<unknown>;
  readonly asFailure: (error: unknown) => Failure;
}

export interface Operations {
  /**
   * Starts the work and answers its id at once. The outcome is told as one event, `done` or `failed`. Throws
   * `request-refused` where more is under way than a person would start, or the app is ending.
   */
  start(request: OperationRequest): string;
  /** Asks the work to stop and roll back; nothing happens where it is past that, or over. */
  cancel(operation: string): void;
  list(): readonly RunningOperation[];
  /** For the end of the app: takes no more work, cancels what can be, and waits until all has come to its end. */
  settle(): Promise<void>;
}

/** No more events than this for one operation, so that a fast step does not flood the window. */
const leastMsBetweenEvents = 80;

/** A window that was taken over must not fill memory, or the server's connections, with work. */
const maxAtOnce = 16;

/** What is left to say of an error that nothing could be made of. */
export const inexplicable: Failure = {
  code: 'internal',
  message: 'an unexpected error occurred in Keel, and its details could not be read',
  remedy: 'if a rotation was in progress, recover first; report this',
};

/** Keeps the long work of the app. `emit` hears of progress and outcomes. */
export function createOperations(emit: (event: AppEvent) => void): Operations {
  interface Running {
    state: RunningOperation;
    readonly controller: AbortController;
    readonly ended: Promise<void>;
  }
  const running = new Map<string, Running>();
  let ending = false;

  const follow = (operation: string) => {
    let step = '';
    let startedAt = 0;
    let reportedAt = 0;
    return (name: string, done: number, total?: number) => {
      const entry = running.get(operation);
      if (!entry) return;
      const now = performance.now();
      const isNew = name !== step;
      if (isNew) {
        step = name;
        startedAt = now;
      }
      const { total: _, ...before } = entry.state;
      entry.state = { ...before, step: name, done, ...(total !== undefined && { total }) };
      if (!isNew && now - reportedAt < leastMsBetweenEvents) return;
      reportedAt = now;
      const seconds = (now - startedAt) / 1000;
      emit({
        kind: 'progress',
        operation,
        step: name,
        done,
        ...(total !== undefined && { total }),
        ...(seconds > 0.5 && { rowsPerSecond: Math.round(done / seconds) }),
        cancellable: entry.state.cancellable,
      });
    };
  };

  return {
    start({ procedure, environment, run, asFailure }) {
      if (ending) throw refused('Keel is quitting', 'start it again');
      if (running.size >= maxAtOnce)
        throw refused(`${maxAtOnce} operations are running`, 'wait until one finishes, or cancel one');
      const operation = randomUUID();
      const controller = new AbortController();
      // a fleet waits for it in each of its databases at once
      setMaxListeners(0, controller.signal);
      const state: RunningOperation = {
        operation,
        procedure,
        ...(environment !== undefined && { environment }),
        step: '',
        done: 0,
        cancellable: true,
      };
      const progress = follow(operation);
      const pastCancelling = () => {
        const entry = running.get(operation);
        if (entry) entry.state = { ...entry.state, cancellable: false };
      };
      const onceAgreed: OnceAgreed = async (ask) => {
        await ask();
        const entry = running.get(operation);
        if (entry) entry.state = { ...entry.state, agreed: true };
      };
      // begins after the caller knows the id
      const ended = new Promise<void>((resolve) => setImmediate(resolve))
        .then(() => run({ signal: controller.signal, progress, pastCancelling }, onceAgreed))
        .then(
          (value) => emit({ kind: 'done', operation, value }),
          (error: unknown) => emit({ kind: 'failed', operation, error: tellable(error, asFailure) }),
        )
        .finally(() => running.delete(operation));
      running.set(operation, { state, controller, ended });
      return operation;
    },
    cancel(operation) {
      const entry = running.get(operation);
      if (entry?.state.cancellable) entry.controller.abort();
    },
    list: () => [...running.values()].map(({ state }) => state),
    async settle() {
      ending = true;
      for (const { state, controller } of running.values()) if (state.cancellable) controller.abort();
      await Promise.allSettled([...running.values()].map(({ ended }) => ended));
    },
  };
}

/** The window waits for an outcome: one is told even of an error that cannot be put into words. */
function tellable(error: unknown, asFailure: OperationRequest['asFailure']): Failure {
  try {
    return asFailure(error);
  } catch {
    return inexplicable;
  }
}

function refused(why: string, remedy: string): KeelError {
  return new KeelError('request-refused', `${why}; nothing was started`, remedy);
}

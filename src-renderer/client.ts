import type { AppEvent } from '#contract/app';
import type { Input, LongName, Output, QuickName } from '#contract/procedures';
import type { Bridge } from './bridge.d.ts';
import {
  createTrackedOperations,
  type Progress,
  type Result,
  type TrackedOperations,
} from './tracked-operations.ts';

/** Long work as its caller holds it. */
export interface Work<Name extends LongName> {
  /** Resolves at its end, whatever that is; never rejects. */
  readonly outcome: Promise<Result<Output<Name>>>;
  /** Asks it to stop and roll back; nothing happens where it is past that. */
  cancel(): Promise<void>;
}

/** The main process, as the screens see it. */
export interface Client {
  /** Never rejects: a failure is a result. */
  call<Name extends QuickName>(name: Name, input: Input<Name>): Promise<Result<Output<Name>>>;
  run<Name extends LongName>(
    name: Name,
    input: Input<Name>,
    options?: { readonly onProgress?: (progress: Progress) => void },
  ): Work<Name>;
  cancel(operation: string): Promise<void>;
  readonly operations: TrackedOperations;
  /** Finds the work under way, after the window was reloaded or unlocked. */
  resume(): Promise<void>;
  /** Answers a function that ends the subscription. */
  subscribe(listener: (event: AppEvent) => void): () => void;
}

/** Speaks with the main process over the bridge; listens from the first moment on. */
export function createClient(bridge: Bridge): Client {
  const operations = createTrackedOperations();
  bridge.subscribe(operations.take);

  const send = async (name: string, input: unknown): Promise<Result<unknown>> => {
    try {
      return await bridge.call(name, input);
    } catch {
      return {
        ok: false,
        error: {
          code: 'internal',
          message: 'the window lost its connection to Keel’s main process; whether this was done is unknown',
          remedy: 'quit Keel, open it again, and check the activity log before you repeat it',
        },
      };
    }
  };

  const client: Client = {
    call: (name, input) => send(name, input) as Promise<Result<Output<typeof name>>>,
    run(name, input, { onProgress } = {}) {
      const started = send(name, input);
      const outcome = started.then(async (reply) => {
        if (!reply.ok) return reply;
        const { operation } = reply.value as { operation: string };
        const { environment } = input as { environment?: string };
        operations.track({
          operation,
          procedure: name,
          ...(environment !== undefined && { environment }),
        });
        return outcomeOf(operations, operation, onProgress);
      });
      return {
        outcome: outcome as Promise<Result<Output<typeof name>>>,
        async cancel() {
          const reply = await started;
          if (reply.ok) await client.cancel((reply.value as { operation: string }).operation);
        },
      };
    },
    async cancel(operation) {
      await send('operations.cancel', { operation });
    },
    operations,
    async resume() {
      const running = await client.call('operations.list', {});
      if (!running.ok) return;
      for (const { operation, procedure, environment, ...progress } of running.value) {
        operations.track(
          { operation, procedure: procedure as LongName, ...(environment !== undefined && { environment }) },
          progress,
        );
      }
    },
    subscribe: (listener) => bridge.subscribe(listener),
  };
  return client;
}

/** Waits for the end of an operation that is tracked. */
function outcomeOf(
  operations: TrackedOperations,
  operation: string,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<Result<unknown>> {
  return new Promise((resolve) => {
    let reported: Progress | undefined;
    const look = () => {
      const tracked = operations.list().find((one) => one.operation === operation);
      if (!tracked) return;
      if (tracked.progress !== reported) {
        reported = tracked.progress;
        onProgress?.(reported);
      }
      if (!tracked.outcome) return;
      stop();
      resolve(tracked.outcome);
    };
    const stop = operations.subscribe(look);
    look();
  });
}

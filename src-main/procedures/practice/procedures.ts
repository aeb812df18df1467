import { KeelError } from '#errors/keel-error';
import { type PracticeDatabase, startPracticeDatabase } from '#practice/practice-database';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import { windowAudit } from '#procedures/window-context';
import type { PracticeEnvironment } from './environment.ts';

export interface PracticePorts extends Pick<Ports, 'note' | 'changed' | 'isBusy'> {
  readonly environment: PracticeEnvironment;
}

export interface Practice {
  readonly procedures: Pick<Implementations, `practice.${'start' | 'leave'}`>;
  /** Ends the server and removes everything, if there is a practice. */
  stop(): Promise<void>;
}

/** As many as a larger Ballast has: enough for progress to be seen. */
const sampleRows = 5_000;

/** A sample Ballast database on a PostgreSQL of Keel's own, for trying everything without a risk. */
export function createPractice({ environment, note, changed, isBusy }: PracticePorts): Practice {
  let running: PracticeDatabase | undefined;
  let starting = false;
  const audit = windowAudit(note);

  const stop = async () => {
    const ending = running;
    running = undefined;
    await environment.unregister();
    await ending?.[Symbol.asyncDispose]();
  };

  return {
    stop,
    procedures: {
      async 'practice.start'(_, { progress, signal }) {
        if (environment.id !== undefined) return { environment: environment.id };
        if (starting) {
          throw new KeelError(
            'practice-running',
            'the practice database is already starting; nothing was changed',
            'wait until it is ready',
          );
        }
        starting = true;
        try {
          progress('starting a separate PostgreSQL server', 0);
          const database = await startPracticeDatabase({
            rows: sampleRows,
            onRows(done) {
              signal.throwIfAborted();
              progress('adding the sample data', done, sampleRows);
            },
          });
          running = database;
          signal.throwIfAborted();
          const id = await environment.register(database);
          await audit.after({ environment: id, action: 'practice started', detail: '', outcome: 'done' });
          changed();
          return { environment: id };
        } catch (error) {
          await stop();
          throw error;
        } finally {
          starting = false;
        }
      },

      async 'practice.leave'() {
        if (environment.id !== undefined && isBusy(environment.id)) {
          throw new KeelError(
            'practice-running',
            'an operation is running on the practice database; nothing was changed',
            'wait until it finishes, or cancel it',
          );
        }
        await stop();
        await audit.after({
          action: 'practice left',
          detail: 'its database and keys were removed',
          outcome: 'done',
        });
        changed();
        return {};
      },
    },
  };
}

import { KeelError } from '#errors/keel-error';
import { fewAtOnce } from '#shared/few-at-once';
import { fewInTurn } from '#shared/few-in-turn';
import type { InTurn } from '#shared/one-after-the-other';

/** More than any screen asks for at once; a page that asks for more must not fill the activity log's queue. */
const mostAdmitted = 64;
/** Of those, about one environment, or of one procedure that is about none: each may hold a connection of the server. */
const mostAtWork = 8;

/** The room for calls that answer when they are done. Long work has a bound of its own: see `Operations`. */
export interface QuickCalls {
  /** Runs it in its turn. `isDeed`: quitting waits for it. Throws `request-refused` where many are at work or wait. */
  run<T>(
    call: { readonly procedure: string; readonly environment: string | undefined; readonly isDeed: boolean },
    work: () => Promise<T>,
  ): Promise<T>;
  /** Waits for the deeds that were begun. */
  settle(): Promise<void>;
}

export function createQuickCalls(): QuickCalls {
  const admit = () => fewInTurn(mostAdmitted, busy, (work) => work());
  // what is about no environment unlocks the app, also while a server does not answer
  const [aboutOne, aboutNone] = [admit(), admit()];
  const lanes = new Map<string, { readonly inTurn: InTurn; users: number }>();
  const deeds = new Set<Promise<unknown>>();

  const inLane = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const lane = lanes.get(name) ?? { inTurn: fewAtOnce(mostAtWork), users: 0 };
    lanes.set(name, lane);
    lane.users++;
    try {
      return await lane.inTurn(work);
    } finally {
      lane.users--;
      // the page chooses the names
      if (lane.users === 0) lanes.delete(name);
    }
  };
  return {
    async run({ procedure, environment, isDeed }, work) {
      const room = environment === undefined ? aboutNone : aboutOne;
      const running = room(() => inLane(environment ?? procedure, work));
      if (!isDeed) return running;
      deeds.add(running);
      try {
        return await running;
      } finally {
        deeds.delete(running);
      }
    },
    async settle() {
      await Promise.allSettled(deeds);
    },
  };
}

function busy(): KeelError {
  return new KeelError(
    'request-refused',
    `Keel is busy: ${mostAdmitted} requests are in progress; nothing was done`,
    'wait until they finish, then try again',
  );
}

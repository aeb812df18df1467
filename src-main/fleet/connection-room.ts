import { setTimeout as pause } from 'node:timers/promises';
import { serverOfMember } from '#environments/environment-name';
import { KeelError } from '#errors/keel-error';
import { isOutOfConnections } from '#postgres/connection-errors';
import { type InTurn, oneAfterTheOther } from '#shared/one-after-the-other';

/** Does the work of one database, again where its server had no connection left for it. */
export type ConnectionRoom = <T>(member: string, work: () => Promise<T>) => Promise<T>;

export interface Patience {
  /** How long a server may have no connection left before the work fails. */
  readonly waitMs: number;
  /** Between two attempts. */
  readonly pauseMs: number;
}

const usualPatience: Patience = { waitMs: 120_000, pauseMs: 1000 };

interface Server {
  readonly inTurn: InTurn;
  /** It has refused one: databases of it are worked on one after the other from then on. */
  full: boolean;
  /** When it last let one in, or first refused one. */
  lastRoomAt: number;
}

/**
 * Waits where a server has no connection left, as other sessions end. What was begun of a database is rolled back before, so that two of
 * them never wait for each other's connections, and from the first refusal on databases of that server go one after the other. Work has to
 * be of a kind that can be begun again. Throws what the work does, once a server has let nobody in for `waitMs` or `signal` is aborted.
 */
export function connectionRoom(
  signal: AbortSignal,
  { waitMs, pauseMs }: Patience = usualPatience,
): ConnectionRoom {
  const servers = new Map<string, Server>();
  const serverFor = (member: string): Server => {
    const name = serverOfMember(member) ?? '';
    const known = servers.get(name) ?? { inTurn: oneAfterTheOther(), full: false, lastRoomAt: 0 };
    servers.set(name, known);
    return known;
  };
  const again = async <T>(server: Server, work: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        const value = await work();
        server.lastRoomAt = Date.now();
        return value;
      } catch (error) {
        if (!isOutOfConnections(error)) {
          server.lastRoomAt = Date.now();
          throw error;
        }
        if (signal.aborted || Date.now() - server.lastRoomAt > waitMs) throw waitedFor(error, waitMs);
        await pause(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  };
  return async (member, work) => {
    const server = serverFor(member);
    if (!server.full) {
      try {
        return await work();
      } catch (error) {
        if (!isOutOfConnections(error) || signal.aborted) throw error;
        if (!server.full) server.lastRoomAt = Date.now();
        server.full = true;
      }
    }
    return server.inTurn(() => again(server, work));
  };
}

function waitedFor(error: unknown, waitMs: number): unknown {
  if (!(error instanceof KeelError)) return error;
  const waited = `${Math.round(waitMs / 1000)} s passed without one becoming free`;
  return new KeelError(error.code, `${error.message}; ${waited}`, error.remedy, { cause: error });
}

import { KeelError } from './keel-error.ts';
import { text } from './text.ts';

/** SQLSTATEs of a session that the server ends: by an admin, by a crash, while it starts or stops, for idleness. */
const endings = new Set(['57P01', '57P02', '57P03', '57P05', '25P03']);

/** What the driver says where the other end is gone. */
const cuts = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;

/**
 * The loss of a database session, which may meet any statement: what no place of its own put into words. Undefined for every other
 * error. Rewriting rows says by itself what became of them, and never comes here.
 */
export function asLostSession(error: unknown): KeelError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, severity, syscall } = error as { code?: unknown; severity?: unknown; syscall?: unknown };
  const isEnded = severity !== undefined && typeof code === 'string' && endings.has(code);
  const isCut = code === 'ECONNRESET' && syscall === 'read';
  if (!isEnded && !isCut && !cuts.test(error.message)) return undefined;
  return new KeelError(
    'connection-lost',
    `the server ${isEnded ? 'ended the session' : 'is gone: the connection was cut'} while something was asked`,
    text`check the server’s log, then ${{ do: 'try-again' }}; where rows were being rewritten, ${{ do: 'recover' }} first`,
    { cause: error },
  );
}

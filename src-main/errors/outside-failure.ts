import { KeelError } from './keel-error.ts';
import { text } from './text.ts';

/**
 * A failure of what Keel rests on that may meet any statement and any file operation, where no place of its own put it into words: a
 * database session that is lost, a disk that takes nothing. Undefined for every other error. It does not say what became of the work.
 */
export function asOutsideFailure(error: unknown): KeelError | undefined {
  return error instanceof Error ? (ofSession(error) ?? ofDisk(error)) : undefined;
}

/** SQLSTATEs of a session that the server ends: by an admin, by a crash, while it starts or stops, for idleness. */
const endings = new Set(['57P01', '57P02', '57P03', '57P05', '25P03']);

/** What the driver says where the other end is gone. */
const cuts = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;

function ofSession(error: Error): KeelError | undefined {
  const { code, severity, syscall } = error as { code?: unknown; severity?: unknown; syscall?: unknown };
  const isEnded = severity !== undefined && typeof code === 'string' && endings.has(code);
  // cut by the server, or by Keel where it answered nothing any more
  const isCut = code === 'ECONNRESET' && (syscall === 'read' || error.message === 'the connection was lost');
  if (!isEnded && !isCut && !cuts.test(error.message)) return undefined;
  return new KeelError(
    'connection-lost',
    `the server ${isEnded ? 'ended the session' : 'is gone: the connection was lost'} during a query`,
    text`check the server’s log, then ${{ do: 'try-again' }}; if rows were being rewritten, ${{ do: 'recover' }} first`,
    { cause: error },
  );
}

const diskFaults: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EIO: 'the disk reports an error',
};

function ofDisk(error: Error): KeelError | undefined {
  const { code, syscall, path } = error as { code?: unknown; syscall?: unknown; path?: unknown };
  if (typeof syscall !== 'string' || typeof code !== 'string' || !Object.hasOwn(diskFaults, code))
    return undefined;
  const where = typeof path === 'string' ? ` at ${path}` : '';
  return new KeelError(
    'file-unwritable',
    `a file could not be changed${where}: ${diskFaults[code]} (${code})`,
    text`check the disk, then ${{ do: 'try-again' }}; if rows were being rewritten, ${{ do: 'recover' }} first`,
    { cause: error },
  );
}

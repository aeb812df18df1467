import { openSocket } from '#postgres/tls-probe';
import type { DatabaseTarget } from '#postgres/target';

/**
 * What a server makes of a session without TLS: it lets it in, asks for a password over it, or refuses it. `unclear` where it answered
 * something else, such as that it has no connection left.
 */
export type PlainAnswer = 'let-in' | 'asks-password' | 'asks-clear-password' | 'refused' | 'unclear';

/** Longer than any first answer of a PostgreSQL. */
const maxBytes = 64 * 1024;

/**
 * Begins a session without TLS with user and database, and leaves at the server's first answer: no password is ever sent. Throws
 * errors of the network.
 */
export async function askPlainly(target: DatabaseTarget, signal: AbortSignal): Promise<PlainAnswer> {
  const socket = await openSocket(target, signal);
  try {
    socket.write(startupMessage(target));
    let bytes = Buffer.alloc(0);
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      bytes = Buffer.concat([bytes, chunk]);
      const answer = readAnswer(bytes);
      if (answer !== undefined || bytes.length > maxBytes) return answer ?? 'unclear';
    }
    // a proxy that wants TLS may just hang up
    return bytes.length === 0 ? 'refused' : 'unclear';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return 'refused';
    throw error;
  } finally {
    socket.destroy();
  }
}

/** Protocol 3.0, StartupMessage: length, version, then names and values that each end in a zero byte. */
function startupMessage({ user, database }: DatabaseTarget): Buffer {
  const pairs = ['user', user, 'database', database, 'application_name', 'keel posture', ''];
  const body = Buffer.concat([Buffer.from([0, 3, 0, 0]), ...pairs.map((text) => Buffer.from(`${text}\0`))]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}

/** The first message, if all of what counts in it is there: Authentication (`R`) or ErrorResponse (`E`). */
function readAnswer(bytes: Buffer): PlainAnswer | undefined {
  if (bytes.length === 0) return undefined;
  const type = String.fromCharCode(bytes[0] ?? 0);
  if (type !== 'R' && type !== 'E') return 'unclear';
  if (bytes.length < 9) return undefined;
  if (type === 'R') {
    const method = bytes.readUInt32BE(5);
    return method === 0 ? 'let-in' : method === 3 ? 'asks-clear-password' : 'asks-password';
  }
  if (bytes.length < bytes.readUInt32BE(1) + 1) return undefined;
  const fields = bytes.subarray(5).toString('latin1').split('\0');
  const code = fields.find((field) => field.startsWith('C'))?.slice(1) ?? '';
  // class 28: no rule in pg_hba.conf, or one that rejects; class 08: what poolers answer that want TLS
  return /^(28|08)/.test(code) ? 'refused' : 'unclear';
}

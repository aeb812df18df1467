import { orAborted } from '#shared/or-aborted';

/** Work that gives up after its time: then it throws what Node's network layer would. A cancelled one throws the signal's reason. */
export async function inTime<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(ms);
  const both = AbortSignal.any([signal, timeout]);
  try {
    signal.throwIfAborted();
    return await orAborted(work(both), both);
  } catch (error) {
    signal.throwIfAborted();
    if (!timeout.aborted) throw error;
    throw Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
  }
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing is listening on that host and port',
  ENOTFOUND: 'that host name cannot be resolved',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'there is no route to that host',
  ENETUNREACH: 'there is no route to that network',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  HPE_HEADER_OVERFLOW: 'the response headers are too long',
};

/** Why something on the network could not be looked at, without anything that the other side wrote. */
export function faultOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return 'it could not be checked';
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return `the TLS handshake failed (${code})`;
  if (code.startsWith('HPE_')) return words[code] ?? `the server there is not an HTTP server (${code})`;
  return words[code] ?? `the operating system refused (${code})`;
}

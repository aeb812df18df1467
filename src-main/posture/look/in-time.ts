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
  ECONNREFUSED: 'nothing answers on that host and port',
  ENOTFOUND: 'that host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'there is no route to that host',
  ENETUNREACH: 'there is no route to that network',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  HPE_HEADER_OVERFLOW: 'the answer’s headers have no end',
};

/** Why something on the network could not be looked at, without anything that the other side wrote. */
export function faultOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return 'it could not be looked at';
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return `no TLS came about (${code})`;
  if (code.startsWith('HPE_')) return words[code] ?? `what answers is no HTTP server (${code})`;
  return words[code] ?? `the system refused (${code})`;
}

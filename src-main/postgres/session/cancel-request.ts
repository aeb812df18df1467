import { once } from 'node:events';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { DatabaseTarget } from '#postgres/target';
import { openSocket, requestTls } from '#postgres/tls-probe';

/** Code of PostgreSQL's CancelRequest (protocol documentation, message formats). */
const cancelCode = 80_877_102;

/** What the server gave a connection at its login, to cancel its statements by. */
export interface CancelKey {
  readonly processId: number;
  readonly secretKey: number;
}

/**
 * Asks the server to stop what a connection is doing. No login is needed for it, so that it works where a role has no connection left.
 * Returns when the server has taken it; throws errors of the network.
 */
export async function requestCancel(
  target: DatabaseTarget,
  tls: ConnectionOptions | false,
  { processId, secretKey }: CancelKey,
): Promise<void> {
  const signal = AbortSignal.timeout(target.connectTimeoutMs);
  const socket = await openSocket(target, signal);
  try {
    let stream = socket;
    if (tls && (await requestTls(socket, signal))) {
      stream = connectTls({ ...tls, socket, host: target.host }).on('error', () => undefined);
      await once(stream, 'secureConnect', { signal });
    }
    const request = Buffer.alloc(16);
    request.writeInt32BE(16, 0);
    request.writeInt32BE(cancelCode, 4);
    request.writeInt32BE(processId, 8);
    request.writeInt32BE(secretKey, 12);
    stream.write(request);
    // the server answers by closing
    await once(stream, 'close', { signal });
  } finally {
    socket.destroy();
  }
}

import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { isPublic, pinnedLookup, resolveTarget } from './network-guard.ts';
import type { ProbeContext } from './probe-context.ts';
import type { Place, TlsWish } from '#connections/probe-plan';
import type { Trust } from '#connections/trust';
import { ProbeEnded } from '#connections/verdict';

/** No login and no answer to "who am I" is longer; a server that sends more is up to something. */
const maxBytes = 1 << 20;
const checkMs = 25;

/**
 * A connected socket to an address that the guard has let through. It is destroyed when the signal says so, or when the server
 * sends more than a probe could need. The caller destroys it in the end. Throws `ProbeEnded` and errors of the network.
 */
export async function openGuardedSocket(
  { host, port }: Place,
  { signal, allowPrivate, resolve }: ProbeContext,
): Promise<Socket> {
  const addresses = await resolveTarget(host, { signal, allowPrivate, ...(resolve && { resolve }) });
  // a name, so that Node tries all of its addresses; the lookup answers with those that were let through
  const name = addresses.length === 1 ? (addresses[0]?.address ?? host) : host;
  // unheard, an error that comes late would end the process
  const socket = connect({ host: name, port, lookup: pinnedLookup(addresses) }).on('error', () => undefined);
  const stop = () => socket.destroy();
  const watch = setInterval(() => {
    if (socket.bytesRead > maxBytes) socket.destroy(new ProbeEnded('answer-too-large'));
  }, checkMs);
  signal.addEventListener('abort', stop, { once: true });
  socket.once('close', () => {
    clearInterval(watch);
    signal.removeEventListener('abort', stop);
  });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Ends the probe where what is sent without TLS could be read on the public internet. */
export function assertNotReadable(socket: Socket): void {
  if (isPublic(socket.remoteAddress ?? '')) throw new ProbeEnded('would-be-readable');
}

/** How a driver is to speak TLS, as the credential asks for it. */
export function tlsSettings(host: string, wish: TlsWish, { context }: Trust): ConnectionOptions {
  return {
    ...(isIP(host) ? {} : { servername: host }),
    secureContext: context,
    rejectUnauthorized: wish === 'verified',
  };
}

/** Speaks TLS over the socket, before anything else is sent. Throws errors of the handshake. */
export async function secure(
  socket: Socket,
  { host }: Place,
  { signal, trust }: ProbeContext,
  wish: TlsWish = 'verified',
): Promise<TLSSocket> {
  const secured = connectTls({ ...tlsSettings(host, wish, trust), socket, host }).on(
    'error',
    () => undefined,
  );
  try {
    await once(secured, 'secureConnect', { signal });
    return secured;
  } catch (error) {
    secured.destroy();
    throw error;
  }
}

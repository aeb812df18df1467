import { connect, createServer, type Socket } from 'node:net';
import { listenFor } from './listening-proxy.ts';

/** What one connection said. A trip begins with the first bytes that the client sends after the server has spoken. */
export interface Conversation {
  /** What the client sent in each trip, as Latin-1. */
  readonly trips: readonly string[];
}

export interface CountingProxy extends AsyncDisposable {
  /** The database behind the proxy, without TLS so that the proxy can read along. */
  readonly url: string;
  /** In the order in which they were opened. */
  readonly conversations: readonly Conversation[];
}

/** A TCP proxy before a PostgreSQL server that counts how often the client waits for an answer before it goes on. */
export async function startCountingProxy(url: string): Promise<CountingProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const conversations: { trips: string[] }[] = [];
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const conversation = { trips: [] as string[] };
    conversations.push(conversation);
    let hasAnswered = true;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    }
    near.on('data', (chunk) => {
      if (hasAnswered) conversation.trips.push('');
      hasAnswered = false;
      conversation.trips.push((conversation.trips.pop() ?? '') + chunk.toString('latin1'));
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      hasAnswered = true;
      near.write(chunk);
    });
    far.once('close', () => near.destroy());
    near.once('close', () => far.end());
  });
  return { ...(await listenFor(url, server, sockets)), conversations };
}

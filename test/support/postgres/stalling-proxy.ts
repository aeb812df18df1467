import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy before a PostgreSQL server, whose line can be stalled or lose its near end. */
export interface StallingProxy extends AsyncDisposable {
  readonly url: string;
  /** Fulfilled by the next connection to it. */
  connected(): Promise<unknown>;
  /** Nothing goes either way any more, also on new connections, and none is closed. */
  stall(): void;
  /** The near ends are cut, and the server is not told: its connections stay as they are. New ones work. */
  loseNearEnds(): void;
}

export async function startStallingProxy(url: string): Promise<StallingProxy> {
  const target = new URL(url);
  const pairs = new Set<{ readonly near: Socket; readonly far: Socket }>();
  let stalled = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const pair = { near, far, lost: false };
    pairs.add(pair);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.on('data', (chunk) => stalled || far.write(chunk));
    far.on('data', (chunk) => stalled || near.destroyed || near.write(chunk));
    far.once('close', () => stalled || near.destroy());
    near.once('close', () => stalled || pair.lost || far.end());
    lost.push(() => {
      pair.lost = true;
      near.destroy();
    });
  });
  const lost: (() => void)[] = [];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxied = new URL(url);
  proxied.port = String((server.address() as { port: number }).port);
  proxied.searchParams.set('sslmode', 'disable');
  return {
    url: proxied.href,
    connected: () => once(server, 'connection'),
    stall: () => {
      stalled = true;
    },
    loseNearEnds: () => {
      for (const lose of lost.splice(0)) lose();
    },
    async [Symbol.asyncDispose]() {
      for (const { near, far } of pairs) for (const socket of [near, far]) socket.destroy();
      await new Promise((done) => {
        server.close(done);
      });
    },
  };
}

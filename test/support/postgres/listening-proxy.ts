import type { AddressInfo, Server, Socket } from 'node:net';

/** A proxy that listens: how the database is reached through it. Disposing it ends it and its connections. */
export interface ListeningProxy extends AsyncDisposable {
  readonly url: string;
}

/** Lets a proxy to the database at `url` listen on a port of its own. `sockets`: those that are open when it ends. */
export async function listenFor(
  url: string,
  server: Server,
  sockets: ReadonlySet<Socket>,
): Promise<ListeningProxy> {
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen(0, '127.0.0.1', done);
  });
  const proxied = new URL(url);
  proxied.port = String((server.address() as AddressInfo).port);
  proxied.searchParams.set('sslmode', 'disable');
  return {
    url: proxied.href,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => {
        server.close(done);
      });
    },
  };
}

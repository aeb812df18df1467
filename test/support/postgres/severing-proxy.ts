import { connect, createServer, type Socket } from 'node:net';

export interface SeveringProxy extends AsyncDisposable {
  /** The database behind the proxy, without TLS so that the proxy can read along. */
  readonly url: string;
  readonly severed: boolean;
  /** Takes connections again, after a cut for good. */
  reopen(): Promise<void>;
}

export interface SeveringOptions {
  /** A simple query; the connection that sends it is cut. */
  readonly statement: string;
  /** Whether the statement still reaches the server, whose answer then never comes back. */
  readonly forward: boolean;
  /** Refuse every connection from then on. */
  readonly forGood?: boolean;
  /** The server is not told that the line is cut: its session stays as it is. */
  readonly keepsFar?: boolean;
}

/** A TCP proxy before a PostgreSQL server that cuts the line at one statement, once. */
export async function startSeveringProxy(url: string, options: SeveringOptions): Promise<SeveringProxy> {
  const target = new URL(url);
  const needle = queryMessage(options.statement);
  const sockets = new Set<Socket>();
  let severed = false;
  let closed = false;
  const server = createServer((near) => {
    if (closed) return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    }
    let cutting = false;
    near.on('data', (chunk) => {
      if (severed || !chunk.includes(needle)) return far.write(chunk);
      severed = true;
      cutting = true;
      closed = options.forGood ?? false;
      if (options.forward) return far.write(chunk);
      return options.keepsFar ? near.destroy() : sever(near, far);
    });
    far.on('data', (chunk) => {
      // the server's answer shows that it has done it, and is kept back
      if (cutting) sever(near, far);
      else near.write(chunk);
    });
    far.once('close', () => near.destroy());
    near.once('close', () => (cutting && options.keepsFar) || far.end());
    return undefined;
  });
  await listen(server, 0);
  const { port } = server.address() as { port: number };
  const proxied = new URL(url);
  proxied.port = String(port);
  proxied.searchParams.set('sslmode', 'disable');
  return {
    url: proxied.href,
    get severed() {
      return severed;
    },
    async reopen() {
      closed = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => {
        server.close(done);
      });
    },
  };
}

function sever(near: Socket, far: Socket): void {
  near.destroy();
  far.destroy();
}

/** A simple query of the frontend/backend protocol: 'Q', length, text, zero. */
function queryMessage(statement: string): Buffer {
  const text = Buffer.from(`${statement}\0`);
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail).listen(port, '127.0.0.1', done);
  });
}

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A message of PostgreSQL's protocol, as a server writes it; `length` lies about its own. */
export function message(type: string, body: Buffer | string = '', length?: number): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(length ?? bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

export const authenticated = message('R', Buffer.from([0, 0, 0, 0]));
export const key = message('K', Buffer.alloc(8, 1));
export const ready = message('Z', 'I');
export const welcome = Buffer.concat([authenticated, key, ready]);
/** Of one column of text. */
export const rowDescription = message(
  'T',
  Buffer.concat([
    Buffer.from([0, 1]),
    Buffer.from('a\0'),
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0]),
  ]),
);
export const dataRow = message('D', Buffer.from([0, 1, 0, 0, 0, 1, 65]));

export interface FalseServer extends AsyncDisposable {
  readonly url: string;
  /** Fulfilled once a client has sent its first statement. */
  readonly asked: Promise<void>;
}

/** What it says to whom: to a client that logs in, and to one that asks something. */
export interface Says {
  readonly atLogin: (socket: Socket) => void;
  readonly whenAsked?: (socket: Socket) => void;
}

/** A server that knows how a login begins, and nothing else of PostgreSQL than what the test has it say. */
export async function startFalseServer({ atLogin, whenAsked = () => undefined }: Says): Promise<FalseServer> {
  const sockets = new Set<Socket>();
  let heard: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let began = false;
    socket.on('data', (chunk) => {
      if (chunk.length === 8) return void socket.write('N');
      if (began) {
        heard();
        return whenAsked(socket);
      }
      began = true;
      return atLogin(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `postgres://keel:secret@127.0.0.1:${port}/acme?connect_timeout=3`,
    asked,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Says it again and again, as fast as the client reads, until it is gone. */
export function endlessly(what: Buffer): (socket: Socket) => void {
  const many = Buffer.concat(Array.from({ length: Math.ceil(65_536 / what.length) }, () => what));
  return (socket) => {
    const go = () => {
      while (!socket.destroyed && socket.write(many));
      if (!socket.destroyed) socket.once('drain', go);
    };
    go();
  };
}

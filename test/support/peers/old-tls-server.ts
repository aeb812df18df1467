import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

/** What a server does that no TLS library here still does. */
export interface OldWays {
  /** Versions that it takes up, as they are on the wire; SSL 2.0 is 2. */
  readonly versions?: readonly number[];
  /** Suites that it takes up in each version from TLS 1.0 on, where it is offered no other. */
  readonly suites?: readonly number[];
}

export interface OldServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Those with AES that this machine's library knows, and that a client of today offers: of TLS 1.3, by ECDHE, DHE and RSA. */
const better = new Set([
  ...[0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xc009, 0xc00a, 0xc013, 0xc014],
  ...[0x009e, 0x009f, 0x0033, 0x0039, 0x009c, 0x009d, 0x002f, 0x0035, 0x003c, 0x003d],
]);

/**
 * An HTTPS server that greets as servers of long ago did where a client offers it nothing better: up to the end of its first messages,
 * which is as far as a scanner goes. Everything else is done by a real one.
 */
export async function oldTlsServer(
  { cert, key, ...options }: SecureContextOptions & { readonly cert: Buffer; readonly key: Buffer },
  { versions = [], suites = [] }: OldWays,
): Promise<OldServer> {
  const real = createHttps({ cert, key, ...options }, (_, response) => response.end('{}'));
  real.on('tlsClientError', () => undefined);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.once('data', (hello: Buffer) => {
      const reply = replyTo(hello, { versions, suites }, new X509Certificate(cert).raw);
      if (reply) {
        socket.write(reply);
        return;
      }
      socket.pause();
      socket.unshift(hello);
      real.emit('connection', socket);
    });
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `https://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function replyTo(hello: Buffer, ways: Required<OldWays>, certificate: Buffer): Buffer | undefined {
  if (hello.length > 5 && (hello.readUInt8(0) & 0x80) !== 0 && hello[2] === 1) {
    return ways.versions.includes(2) && hello.readUInt16BE(3) === 2 ? ssl2Hello(certificate) : undefined;
  }
  if (hello[0] !== 22 || hello[5] !== 1 || hello.length < 46) return undefined;
  const version = hello.readUInt16BE(9);
  const at = 44 + hello.readUInt8(43);
  const count = hello.readUInt16BE(at) / 2;
  const offered = Array.from({ length: count }, (_, index) => hello.readUInt16BE(at + 2 + 2 * index));
  const chosen = chosenOf(version, offered, ways);
  return chosen === undefined ? undefined : firstMessages(version, chosen, certificate);
}

function chosenOf(
  version: number,
  offered: readonly number[],
  { versions, suites }: Required<OldWays>,
): number | undefined {
  // of SSL 3.0 the suite is not what is asked about
  if (version === 0x0300) return versions.includes(version) ? offered[0] : undefined;
  if (offered.some((suite) => better.has(suite))) return undefined;
  return offered.find((suite) => suites.includes(suite));
}

/** SERVER-HELLO with one certificate and the suites of its time. */
function ssl2Hello(certificate: Buffer): Buffer {
  const suites = Buffer.from('010080030080', 'hex');
  const id = Buffer.alloc(16, 7);
  const body = Buffer.concat([
    Buffer.from([4, 0, 1, 0, 2]),
    ...[certificate.length, suites.length, id.length].map(uint16),
    certificate,
    suites,
    id,
  ]);
  return Buffer.concat([uint16(0x8000 | body.length), body]);
}

function firstMessages(version: number, suite: number, certificate: Buffer): Buffer {
  const chosen = Buffer.concat([uint16(version), Buffer.alloc(32, 7), Buffer.from([0]), uint16(suite)]);
  const one = Buffer.concat([uint24(certificate.length), certificate]);
  const messages = Buffer.concat([
    message(2, Buffer.concat([chosen, Buffer.from([0])])),
    message(11, Buffer.concat([uint24(one.length), one])),
    message(14, Buffer.alloc(0)),
  ]);
  return Buffer.concat([Buffer.from([22]), uint16(version), uint16(messages.length), messages]);
}

function message(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), uint24(body.length), body]);
}

function uint24(value: number): Buffer {
  return Buffer.from([value >> 16, (value >> 8) & 0xff, value & 0xff]);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

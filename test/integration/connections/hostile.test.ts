import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { probe } from '#connections/probes/probe';
import { recognise } from '#connections/recognise';
import { trustIn } from '#connections/trust';
import { drawFrom } from '#practice/sample-credentials';

const password = 'pw-hostile-6e1b';
const draw = drawFrom(20261125);
const trust = trustIn([]);

function noise(length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => draw.number(256)));
}

/** The beginning of what a real server of each kind says, so that noise gets past the first look. */
const greetings: Readonly<Record<string, readonly Buffer[]>> = {
  postgresql: [
    Buffer.from('N'),
    Buffer.from('S'),
    Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]),
    Buffer.from([0x52, 0, 0, 0, 23, 0, 0, 0, 10]),
    Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 99]),
    Buffer.from([0x54, 0, 0, 0, 6, 0, 9]),
    // a list of fields without an end
    Buffer.from([0x45, 0, 0, 0, 6, 0x4d, 0x41]),
    Buffer.from([0x45, 0, 0, 0, 4]),
    Buffer.from([0x54, 0xff, 0xff, 0xff, 0xff]),
  ],
  mysql: [
    Buffer.concat([Buffer.from([74, 0, 0, 0, 10]), Buffer.from('8.0.36\0')]),
    Buffer.from([3, 0, 0, 0, 0xff, 0x15, 4]),
    Buffer.from([1, 0, 0, 0, 0xfe]),
  ],
  redis: [
    Buffer.from('*3\r\n$-1\r\n'),
    Buffer.from('+OK\r\n:'),
    Buffer.from('$99999999\r\n'),
    Buffer.from('%1\r\n'),
  ],
  mongodb: [Buffer.from([60, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]), Buffer.from([16, 0, 0, 0])],
  http: [
    Buffer.from('HTTP/1.1 200 OK\r\n'),
    Buffer.from('HTTP/1.1 999 \r\n\r\n'),
    Buffer.from('HTTP/1.1 101 x\r\n\r\n'),
  ],
};

const credentialFor: Readonly<Record<string, (port: number) => string | object>> = {
  postgresql: (port) =>
    `postgres://ana:${password}@127.0.0.1:${port}/x?sslmode=${draw.pick(['disable', 'require'])}`,
  mysql: (port) => `mysql://ana:${password}@127.0.0.1:${port}/x`,
  redis: (port) => `redis://ana:${password}@127.0.0.1:${port}`,
  mongodb: (port) => `mongodb://ana:${password}@127.0.0.1:${port}/x`,
  http: (port) => ({ url: `http://127.0.0.1:${port}/`, api_key: password }),
};

test.each(Object.keys(greetings))(
  'whatever a server babbles instead of %s ends as a verdict, without an error that nobody caught',
  async (kind) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      const greeting = draw.pick(greetings[kind] ?? []);
      const say = () =>
        void socket.write(
          draw.number(3) === 0 ? noise(draw.number(300)) : Buffer.concat([greeting, noise(draw.number(60))]),
        );
      if (draw.number(2) === 0) say();
      socket.on('data', say);
      if (draw.number(3) === 0) setTimeout(() => socket.end(), 20);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const credential = credentialFor[kind]?.(port) ?? '';
    const text = typeof credential === 'string' ? credential : JSON.stringify(credential);
    const plan = recognise({ text, kind: 'credentials' }, []);
    if (typeof plan === 'string') throw new Error(plan);
    const { signal } = new AbortController();
    const tries = Array.from({ length: 30 }, () =>
      probe(plan, { signal, timeoutMs: 250, allowPrivate: true, trust }),
    );
    for (const found of await Promise.all(tries)) {
      expect(Object.keys(found).sort().join()).toMatch(/^(caution,)?outcome,reason$/);
      expect(['unreachable', 'not-probed', 'refused', 'certificate'], found.reason).toContain(found.outcome);
    }
    for (const socket of sockets) socket.destroy();
    server.close();
  },
);

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { describe, expect } from 'vitest';
import { test } from '#test/support/temp-folder';
import { refusal, urlOf } from '#test/support/peers/connect-session';

/** A TCP server of one test. */
async function listening(answer: (socket: Socket) => void): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a host that does not answer as PostgreSQL does', () => {
  test.for(['disable', 'prefer', 'require'])('at all is given up under sslmode %s', async (sslmode) => {
    await using silent = await listening(() => undefined);
    expect(await refusal(urlOf(silent.port, `sslmode=${sslmode}&connect_timeout=0.3`))).toMatchObject({
      code: 'server-unreachable',
      message: expect.stringContaining('did not answer in time'),
    });
  });

  test('but hangs up is told as a cut connection', async () => {
    await using abrupt = await listening((socket) => socket.end());
    for (const sslmode of ['disable', 'require']) {
      expect(await refusal(urlOf(abrupt.port, `sslmode=${sslmode}`))).toMatchObject({
        code: 'connection-lost',
      });
    }
  });

  test.for(['disable', 'require'])('but speaks HTTP is refused under sslmode %s', async (sslmode) => {
    await using web = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const { code } = await refusal(urlOf(web.port, `sslmode=${sslmode}`));
    expect(code).toBe('server-unreachable');
  });

  test.for(['prefer', 'allow'])(
    'but asks for the password in clear gets none under sslmode %s',
    async (sslmode) => {
      let heard = '';
      await using server = await listening((socket) => {
        socket.on('data', (chunk) => {
          heard += chunk.toString('latin1');
          // the request for TLS is eight bytes long
          socket.write(chunk.length === 8 ? 'N' : message('R', '\0\0\0\u0003'));
        });
      });
      const url = new URL(urlOf(server.port, `sslmode=${sslmode}`));
      url.password = 'geheim-7c';
      expect(await refusal(url.href)).toMatchObject({
        code: 'tls-failed',
        message: expect.stringContaining('in plain text'),
      });
      expect(heard).not.toContain('geheim-7c');
    },
  );

  test('because nothing listens there is unreachable', async () => {
    const gone = await listening(() => undefined);
    await gone[Symbol.asyncDispose]();
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await refusal(urlOf(gone.port, '', { host }))).toMatchObject({
        code: 'server-unreachable',
        message: expect.stringContaining(`${host}:${gone.port}`),
        remedy: expect.stringContaining('PostgreSQL is running'),
      });
    }
  });

  test('because its name is unknown is unreachable', async () => {
    expect(await refusal(urlOf(5432, 'connect_timeout=5', { host: 'keel-test.invalid' }))).toMatchObject({
      code: 'server-unreachable',
      remedy: expect.stringContaining('DNS'),
    });
  });

  test('because its socket is not there is unreachable', async ({ folder }) => {
    const host = encodeURIComponent(folder);
    expect(await refusal(urlOf(5432, '', { host }))).toMatchObject({
      code: 'server-unreachable',
      message: expect.stringContaining('no Unix socket'),
    });
  });

  test('but refuses the settings of the session is left again', async () => {
    const left: Promise<unknown>[] = [];
    await using server = await listening((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I')]));
        socket.once('data', () => {
          const fields = 'SERROR\0C42501\0Mno settings here\0\0';
          socket.write(Buffer.concat([message('E', fields), message('Z', 'I')]));
          socket.resume();
        });
      });
      left.push(once(socket, 'close'));
    });
    expect(await refusal(urlOf(server.port, 'sslmode=disable'))).toMatchObject({
      code: 'privilege-missing',
      message: expect.stringContaining('no settings here'),
    });
    await expect(Promise.all(left)).resolves.toHaveLength(1);
  });
});

/** A message of PostgreSQL's protocol: type, length, body. */
function message(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + Buffer.byteLength(body));
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
}

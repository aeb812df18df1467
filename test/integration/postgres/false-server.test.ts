import { describe, expect, test } from 'vitest';
import { connect } from '#postgres/connect';
import { copyHeader } from '#postgres/copy-binary';
import { readCopy } from '#postgres/copy-reader';
import { streamRows } from '#postgres/row-stream';
import { KeelClient } from '#postgres/session/keel-client';
import { parseDatabaseUrl } from '#postgres/target';
import { KeelFolder } from '#test/support/processes/keel-process';
import {
  authenticated,
  dataRow,
  endlessly,
  message,
  ready,
  rowDescription,
  type Says,
  startFalseServer,
  welcome,
} from '#test/support/postgres/false-server';

const say =
  (...what: readonly Buffer[]) =>
  (socket: { write(bytes: Buffer): unknown }) =>
    void socket.write(Buffer.concat(what));

const notice = message('N', 'SNOTICE\0Mhello\0\0');
const parameter = message('S', 'name\0value\0');
const notification = message('A', Buffer.concat([Buffer.alloc(4, 1), Buffer.from('channel\0\0')]));
const atLogin = say(welcome);
const http = Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
const alert = Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]);

const wrong: Readonly<Record<string, Says & { readonly says: RegExp }>> = {
  'an answer in HTTP': { atLogin: say(http), says: /is not PostgreSQL/ },
  'an alert of TLS': { atLogin: say(alert), says: /is not PostgreSQL/ },
  'the greeting of SSH': { atLogin: say(Buffer.from('SSH-2.0-OpenSSH_9.6\r\n')), says: /is not PostgreSQL/ },
  'a message of no length': {
    atLogin: say(message('R', '', 0)),
    says: /does not belong to the PostgreSQL protocol/,
  },
  'parameters without end': { atLogin: endlessly(parameter), says: /endlessly/ },
  'notices without an end at login': { atLogin: endlessly(notice), says: /endlessly/ },
  'silence at login': { atLogin: () => undefined, says: /did not answer in time/ },
  'a login that is never over': { atLogin: say(authenticated), says: /did not answer in time/ },
  'an error whose fields do not end': {
    atLogin: say(message('E', 'SFATAL\0M')),
    says: /does not belong to the PostgreSQL protocol/,
  },
  'a message of a gigabyte': {
    atLogin,
    whenAsked: say(message('T', '', 1 << 30)),
    says: /larger than any/,
  },
  'a row of a gigabyte': {
    atLogin,
    whenAsked: say(rowDescription, message('D', '', 1 << 30)),
    says: /larger than any/,
  },
  'rows without an end': {
    atLogin,
    whenAsked: (socket) => {
      socket.write(rowDescription);
      endlessly(dataRow)(socket);
    },
    says: /more rows than/,
  },
  'notices without an end': { atLogin, whenAsked: endlessly(notice), says: /endlessly/ },
  'a notice, a parameter and a notification now and then, and never an answer': {
    atLogin,
    whenAsked: (socket) => {
      const drip = setInterval(() => {
        if (socket.destroyed) clearInterval(drip);
        else socket.write(Buffer.concat([notice, parameter, notification]));
      }, 300);
    },
    says: /was lost/,
  },
  'parameters without end when asked': {
    atLogin,
    whenAsked: endlessly(parameter),
    says: /endlessly/,
  },
  'a message of a kind that there is not': {
    atLogin,
    whenAsked: say(message('?')),
    says: /does not belong to the PostgreSQL/,
  },
  'a row description that is cut off': {
    atLogin,
    whenAsked: say(message('T', Buffer.from([0x7f, 0xff]))),
    says: /does not belong to the PostgreSQL|not requested/,
  },
  'rows of a COPY that nobody asked for': {
    atLogin,
    whenAsked: say(message('d', 'x')),
    says: /was not requested/,
  },
  'a login in the middle': {
    atLogin,
    whenAsked: say(authenticated),
    says: /does not belong to the PostgreSQL protocol/,
  },
};

describe.concurrent('a server that says', () => {
  test.for(Object.entries(wrong))('%s, is left with a plain error', async ([, { says, ...server }]) => {
    await using there = await startFalseServer(server);
    const error = await connect(parseDatabaseUrl(there.url), { applicationName: 'keel test' }).then(
      () => undefined,
      (thrown: unknown) => thrown as { code: string; message: string; remedy: unknown },
    );
    expect(error?.message).toMatch(says);
    expect(['server-unreachable', 'connection-lost']).toContain(error?.code);
    expect(error?.remedy).not.toBe('');
  });
});

describe.concurrent('the command line, against a server that says', () => {
  const endless: Readonly<Record<string, Says>> = {
    'rows without an end': wrong['rows without an end'] as Says,
    'nothing more, once it let somebody in': { atLogin },
    'that it is ready, and is silent at the next question': {
      atLogin,
      whenAsked: say(message('C', 'BEGIN\0')),
    },
  };

  test.for(Object.entries(endless))(
    '%s, ends by Ctrl-C as cancelled, or before it with an error',
    async ([, server]) => {
      await using there = await startFalseServer(server);
      await using folder = await KeelFolder.create();
      const file = await folder.file('key', Buffer.alloc(32, 7).toString('base64'));
      const run = await folder.run(
        [
          'discover',
          '--json',
          '--database',
          there.url,
          '--key-file',
          file,
          '--out',
          `${folder.path}/out.json`,
        ],
        { interruptOn: there.asked },
      );
      expect([1, 5]).toContain(run.status);
      expect(['cancelled', 'connection-lost']).toContain(run.json.error.code);
    },
  );

  test('what is wrong, tells it and ends as an unexpected failure', async () => {
    await using there = await startFalseServer({ atLogin: say(http) });
    await using folder = await KeelFolder.create();
    const file = await folder.file('key', Buffer.alloc(32, 7).toString('base64'));
    const command = [
      'discover',
      '--json',
      '--database',
      there.url,
      '--key-file',
      file,
      '--out',
      `${folder.path}/out.json`,
    ];
    expect(await folder.run(command)).toMatchObject({
      status: 1,
      json: { error: { code: 'server-unreachable' } },
    });
  });
});

/** A client that was not connected yet. */
function clientOf(url: string): KeelClient {
  return new KeelClient({
    connectionString: url.replace(/\?.*/, ''),
    mayTellInClear: true,
    another: () => Promise.reject(new Error('nobody connects again')),
  });
}

test('what was not asked for, while nothing is waited for, ends the connection, and the next statement says so', async () => {
  const unasked = message('C', 'SELECT 1\0');
  let greeted = 0;
  await using there = await startFalseServer({
    atLogin: (socket) => {
      greeted++;
      socket.write(Buffer.concat([welcome]));
      setTimeout(() => socket.write(Buffer.concat([unasked, ready])), 50);
    },
  });
  const client = clientOf(there.url);
  client.on('error', () => undefined);
  await client.connect();
  const ended = new Promise((resolve) => client.once('end', resolve));
  await ended;
  await expect(client.query('SELECT 1')).rejects.toThrow();
  expect(greeted).toBe(1);
});

test('a statement that failed is over when the server says that it is ready, in a packet of its own or not', async () => {
  let statements = 0;
  await using there = await startFalseServer({
    atLogin,
    whenAsked: (socket) => {
      if (++statements > 1) socket.write(Buffer.concat([message('C', 'SELECT 0\0'), ready]));
      else {
        socket.write(message('E', 'SERROR\0VERROR\0C55P03\0Mcanceling statement due to lock timeout\0\0'));
        setTimeout(() => socket.write(ready), 50);
      }
    },
  });
  const client = clientOf(there.url);
  client.on('error', () => undefined);
  await client.connect();
  await expect(client.query('SELECT 1')).rejects.toThrow('lock timeout');
  expect(await client.query('SELECT 1')).toMatchObject({ rows: [] });
  await client.end();
});

const endless = {
  'in batches': async (client: KeelClient) => {
    for await (const batch of readCopy(client, 'SELECT 1')) void batch;
  },
  'row by row': async (client: KeelClient) => {
    for await (const rows of streamRows(client, 'SELECT 1')) void rows;
  },
};

test.each(Object.entries(endless))(
  'a COPY that goes on beyond what the database can hold ends by itself, read %s',
  async (_, read) => {
    const size = message('D', Buffer.from([0, 1, 0, 0, 0, 4, ...Buffer.from('8192')]));
    const answers = [
      Buffer.concat([rowDescription, size, message('C', 'SELECT 1\0'), ready]),
      Buffer.concat([message('H', Buffer.from([1, 0, 1, 0, 1])), message('d', copyHeader())]),
    ];
    const rows = Buffer.concat(
      Array.from({ length: 100 }, () =>
        message('d', Buffer.concat([Buffer.from([0, 1, 0, 0, 3, 0xe8]), Buffer.alloc(1000)])),
      ),
    );
    await using there = await startFalseServer({
      atLogin,
      whenAsked: (socket) => {
        const answer = answers.shift();
        if (answer) socket.write(answer);
        if (answers.length > 0) return;
        const more = () => {
          while (!socket.destroyed && socket.write(rows));
          if (!socket.destroyed) socket.once('drain', more);
        };
        more();
      },
    });
    const client = clientOf(there.url);
    client.on('error', () => undefined);
    await client.connect();
    await expect(read(client)).rejects.toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining('more rows than the statement can return'),
    });
    await client.end();
  },
);

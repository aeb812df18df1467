import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { BSON } from 'mongodb';

export interface MongodbPeer extends AsyncDisposable {
  readonly port: number;
  /** Commands that were asked for, by name. */
  readonly heard: string[];
}

/**
 * As much of MongoDB's wire protocol as a login by SCRAM-SHA-256 (RFC 7677) and a ping take. It stands for a server that Debian does
 * not have, and shows that the driver is told the right things; that a real one answers so is not shown by it.
 */
export async function startMongodbPeer(user: string, password: string): Promise<MongodbPeer> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    const login = scram(user, password);
    let rest = Buffer.alloc(0);
    socket.on('data', (part) => {
      rest = Buffer.concat([rest, part]);
      while (rest.length >= 16 && rest.length >= rest.readInt32LE(0)) {
        const message = rest.subarray(0, rest.readInt32LE(0));
        rest = rest.subarray(message.length);
        answer(socket, message, (command) => {
          const name = Object.keys(command)[0] ?? '';
          heard.push(name);
          return reply(name, command, login);
        });
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    heard,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

type Command = Record<string, any>;
type Login = ReturnType<typeof scram>;

function reply(name: string, command: Command, login: Login): object {
  if (/^(hello|ismaster)$/i.test(name)) {
    return {
      ok: 1,
      helloOk: true,
      isWritablePrimary: true,
      ismaster: true,
      minWireVersion: 0,
      maxWireVersion: 21,
      maxBsonObjectSize: 16_777_216,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      saslSupportedMechs: ['SCRAM-SHA-256'],
    };
  }
  if (name === 'saslStart') return login.start(textOf(command));
  if (name === 'saslContinue') return login.finish(textOf(command));
  if (name === 'ping' && login.isIn()) return { ok: 1 };
  return { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not authorised' };
}

function textOf(command: Command): string {
  return Buffer.from(command['payload'].buffer).toString('utf8');
}

function scram(user: string, password: string) {
  const salt = randomBytes(16);
  const rounds = 4096;
  let first = '';
  let challenge = '';
  let isIn = false;
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const said = (text: string, done: boolean) => ({
    ok: 1,
    conversationId: 1,
    done,
    payload: new BSON.Binary(Buffer.from(text)),
  });
  return {
    isIn: () => isIn,
    start(text: string) {
      first = text.replace(/^n,,/, '');
      challenge = `r=${/r=([^,]+)/.exec(first)?.[1]}${randomBytes(9).toString('base64')},s=${salt.toString('base64')},i=${rounds}`;
      return said(challenge, false);
    },
    finish(text: string) {
      const [without = '', proof = ''] = text.split(',p=');
      const salted = pbkdf2Sync(password, salt, rounds, 32, 'sha256');
      const all = `${first},${challenge},${without}`;
      const clientKey = hmac(salted, 'Client Key');
      const signature = hmac(createHash('sha256').update(clientKey).digest(), all);
      const expected = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0))).toString('base64');
      isIn = proof === expected && first.startsWith(`n=${user},`);
      // a server that says more than it should
      if (!isIn)
        return {
          ok: 0,
          code: 18,
          codeName: 'AuthenticationFailed',
          errmsg: `no ${user} ${password} ${text}`,
        };
      return said(`v=${hmac(hmac(salted, 'Server Key'), all).toString('base64')}`, true);
    },
  };
}

/** Answers a message of the wire protocol: OP_QUERY with OP_REPLY, OP_MSG with OP_MSG. */
function answer(socket: Socket, message: Buffer, reply: (command: Command) => object): void {
  const request = message.readInt32LE(4);
  const isQuery = message.readInt32LE(12) === 2004;
  const at = isQuery ? message.indexOf(0, 20) + 1 + 8 : 21;
  const body = Buffer.from(
    BSON.serialize(reply(BSON.deserialize(message.subarray(at, at + message.readInt32LE(at))))),
  );
  const lead = Buffer.alloc(isQuery ? 20 : 5);
  if (isQuery) lead.writeInt32LE(1, 16);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + lead.length + body.length, 0);
  header.writeInt32LE(request, 8);
  header.writeInt32LE(isQuery ? 1 : 2013, 12);
  socket.write(Buffer.concat([header, lead, body]));
}

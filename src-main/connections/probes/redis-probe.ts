import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { AbstractConnector } from 'ioredis';
import type { ProbeReason } from '#contract/connections';
import { faultReason } from './fault-reason.ts';
import { assertNotReadable, openGuardedSocket, secure } from './guarded-socket.ts';
import { cautionOf, orClosed } from './postgresql-probe.ts';
import type { ProbeContext } from './probe-context.ts';
import type { LoginPlan } from '#connections/probe-plan';
import { type Verdict, verdict } from '#connections/verdict';

/** By the first word of an error reply (Redis, Valkey: "RESP protocol", errors), and what the server adds where that is `ERR`. */
const byReply: readonly (readonly [RegExp, ProbeReason])[] = [
  [/^(WRONGPASS|NOAUTH|ERR invalid password)/, 'login-refused'],
  // the login was taken, and the account may not even ping
  [/^NOPERM/, 'logged-in'],
  [/^ERR (AUTH <password> called|Client sent AUTH, but no password)/, 'no-password-needed'],
  [/^DENIED/, 'address-refused'],
  [/^(LOADING|BUSY|MASTERDOWN|ERR max number of clients)/, 'server-busy'],
];

/**
 * Logs in and pings, and then tries a password that was made up: an account may take any (`nopass`). Redis locks no account for it.
 * Throws errors of the network and of the handshake.
 */
export async function probeRedis(plan: LoginPlan, context: ProbeContext): Promise<Verdict> {
  const found = await logIn(plan, context);
  if (found.reason !== 'logged-in') return found;
  if (plan.password === undefined) return { ...found, ...verdict('no-password-needed') };
  const password = randomBytes(18).toString('base64url');
  const { reason } = await logIn({ ...plan, password }, context).catch((error: unknown) => {
    if (context.signal.aborted) throw error;
    return verdict('need-unclear');
  });
  if (reason === 'login-refused') return found;
  const isOpen = reason === 'logged-in' || reason === 'no-password-needed';
  return { ...found, ...verdict(isOpen ? 'no-password-needed' : 'need-unclear') };
}

async function logIn(plan: LoginPlan, context: ProbeContext): Promise<Verdict> {
  const { AbstractConnector, Redis } = await import('ioredis');
  const plain = await openGuardedSocket(plan, context);
  try {
    if (plan.tls === 'none') assertNotReadable(plain);
    const socket = plan.tls === 'none' ? plain : await secure(plain, plan, context, plan.tls);
    const redis = new Redis({
      Connector: connectorOf(AbstractConnector, socket),
      lazyConnect: true,
      protocol: 2,
      enableReadyCheck: false,
      enableOfflineQueue: false,
      autoResubscribe: false,
      disableClientInfo: true,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    const heard: unknown[] = [];
    redis.on('error', (error) => heard.push(error));
    try {
      const answer = await orClosed(plain, async () => {
        await redis.connect();
        // by hand: the driver would take some refusals for a welcome, and print a warning
        if (plan.password !== undefined) await redis.call('AUTH', ...userOf(plan), plan.password);
        return redis.ping();
      });
      // whoever says OK to everything is no Redis
      return verdict(answer === 'PONG' ? 'logged-in' : 'another-protocol', cautionOf(plan));
    } catch (error) {
      // the first thing that went wrong says why, the last only that it did
      const reason = [...heard, error].map(reasonOf).find((known) => known !== undefined);
      if (reason === undefined) throw error;
      return verdict(reason, cautionOf(plan));
    } finally {
      redis.disconnect();
    }
  } finally {
    plain.destroy();
  }
}

/** `default` is what a server without accounts knows its one password by. */
function userOf({ user }: LoginPlan): string[] {
  return user === undefined || user === '' || user === 'default' ? [] : [user];
}

function reasonOf(error: unknown): ProbeReason | undefined {
  const { name, message = '' } = error as { name?: string; message?: string };
  if (name === 'ReplyError')
    return byReply.find(([pattern]) => pattern.test(message))?.[1] ?? 'answer-unclear';
  if (name === 'ParserError') return 'another-protocol';
  return faultReason(error);
}

/** ioredis takes sockets from a class. */
function connectorOf(Base: typeof AbstractConnector, socket: Socket) {
  return class extends Base {
    constructor() {
      super(0);
    }
    async connect() {
      this.connecting = true;
      return socket;
    }
    override disconnect() {
      socket.destroy();
    }
  };
}

import type { Socket } from 'node:net';
import type { ProbeReason } from '#contract/connections';
import type pg from 'pg';
import { faultReason } from './fault-reason.ts';
import { assertNotReadable, openGuardedSocket, tlsSettings } from './guarded-socket.ts';
import { guardMessages } from './postgresql-messages.ts';
import type { ProbeContext } from './probe-context.ts';
import type { LoginPlan } from '#connections/probe-plan';
import { ProbeEnded, type Verdict, verdict } from '#connections/verdict';

/** By SQLSTATE (PostgreSQL documentation, appendix A). */
const bySqlState: Readonly<Record<string, ProbeReason>> = {
  '28P01': 'login-refused',
  '28000': 'address-refused',
  '3D000': 'database-refused',
  '42501': 'database-refused',
  '53300': 'server-busy',
  '57P03': 'server-busy',
  '57P01': 'cut-off',
};

/** Logs in, asks for 1 in a transaction that may only read, and leaves. Throws errors of the network. */
export async function probePostgresql(plan: LoginPlan, context: ProbeContext): Promise<Verdict> {
  if (plan.tls !== 'if-offered') return logIn(plan, context);
  try {
    return await logIn(plan, context);
  } catch (error) {
    if (!(error instanceof ProbeEnded) || error.reason !== 'no-tls') throw error;
    return logIn({ ...plan, tls: 'none' }, context);
  }
}

async function logIn(plan: LoginPlan, context: ProbeContext): Promise<Verdict> {
  const { default: driver } = await import('pg');
  const socket = await openGuardedSocket(plan, context);
  const client = new driver.Client({
    host: plan.host,
    port: plan.port,
    user: plan.user,
    // an empty one, or pg would look for one in this account's own ~/.pgpass
    password: plan.password ?? '',
    database: plan.database ?? plan.user,
    ssl: plan.tls === 'none' ? false : tlsSettings(plan.host, plan.tls, context.trust),
    stream: () => alreadyConnected(socket),
    application_name: 'keel connection test',
  });
  client.on('error', () => undefined);
  let ended: unknown;
  guardMessages(client, socket);
  refuseClearPassword(client, socket, plan, (reason) => (ended = reason));
  const isAsked = passwordRequests(client);
  try {
    await orClosed(socket, async () => {
      await client.connect();
      await client.query('START TRANSACTION READ ONLY; SELECT 1; ROLLBACK');
    });
    return verdict(isAsked() ? 'logged-in' : 'no-password-needed', cautionOf(plan));
  } catch (error) {
    const reason = reasonOf(ended ?? error);
    if (reason === 'no-tls' || reason === undefined) throw reason ? new ProbeEnded(reason) : error;
    return verdict(reason, cautionOf(plan));
  } finally {
    socket.destroy();
  }
}

/** What the way to a server lacks, as the credential asks for no more. */
export function cautionOf({ tls }: LoginPlan): Verdict['caution'] {
  if (tls === 'verified') return undefined;
  return tls === 'none' ? 'not-encrypted' : 'not-verified';
}

function reasonOf(error: unknown): ProbeReason | undefined {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (Object.hasOwn(bySqlState, code)) return bySqlState[code];
  const below = faultReason(error);
  if (below) return below;
  if (/does not support SSL/.test(message)) return 'no-tls';
  if (/establishing an SSL connection/.test(message)) return 'another-protocol';
  if (/SASL|password must be a string/.test(message)) return 'login-refused';
  if (/Connection terminated|unexpected|socket hang up/i.test(message)) return 'cut-off';
  // any other SQLSTATE is PostgreSQL's, and no word about the login
  return /^[0-9A-Z]{5}$/.test(code) ? 'answer-unclear' : undefined;
}

/** `pg` insists on connecting by itself. */
function alreadyConnected(socket: Socket): Socket {
  const connect = () => {
    process.nextTick(() => socket.emit('connect'));
    return socket;
  };
  return Object.assign(socket, { connect });
}

/** Whether the server has asked for a password: with `trust` it lets in whoever names the user. */
function passwordRequests(client: pg.Client): () => boolean {
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
  let isAsked = false;
  for (const how of ['CleartextPassword', 'MD5Password', 'SASL'])
    connection.once(`authentication${how}`, () => (isAsked = true));
  return () => isAsked;
}

/** A server may ask for the password as it is. Without TLS it would be readable on the way. */
function refuseClearPassword(
  client: pg.Client,
  socket: Socket,
  { tls }: LoginPlan,
  onRefused: (reason: unknown) => void,
): void {
  if (tls !== 'none') return;
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
  connection.prependListener('authenticationCleartextPassword', () => {
    try {
      assertNotReadable(socket);
    } catch (reason) {
      onRefused(reason);
      socket.destroy();
    }
  });
}

/** A driver need not notice that its socket was destroyed. */
export function orClosed<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    socket.once('error', reject);
    // after what the driver itself makes of it
    socket.once('close', () => setImmediate(() => reject(new ProbeEnded('cut-off'))));
    work().then(resolve, reject);
  });
}

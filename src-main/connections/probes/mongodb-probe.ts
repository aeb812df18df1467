import { resolveSrv } from 'node:dns/promises';
import type { ProbeReason } from '#contract/connections';
import { faultReason } from './fault-reason.ts';
import { guardMongodbMessages } from './mongodb-messages.ts';
import { orAborted } from '#shared/or-aborted';
import { pinnedLookup, resolveTarget } from './network-guard.ts';
import { cautionOf } from './postgresql-probe.ts';
import type { ProbeContext } from './probe-context.ts';
import type { LoginPlan } from '#connections/probe-plan';
import { ProbeEnded, type Verdict, verdict } from '#connections/verdict';

/** By the server's code (MongoDB, src/mongo/base/error_codes.yml). */
const byCode: Readonly<Record<number, ProbeReason>> = {
  11: 'login-refused',
  18: 'login-refused',
  // the login was taken, and the account may not even ping
  13: 'logged-in',
  8000: 'login-refused',
  91: 'server-busy',
  202: 'server-busy',
};

/**
 * Logs in to one server and pings. Only that one: the others of its set are what the server says they are, and could be
 * anything. Throws errors of the network.
 */
export async function probeMongodb(plan: LoginPlan, context: ProbeContext): Promise<Verdict> {
  const { MongoClient } = await import('mongodb');
  guardMongodbMessages();
  const { host, port } = plan.isServiceName ? await firstOfService(plan, context) : plan;
  const addresses = await resolveTarget(host, context);
  const isSecure = plan.tls !== 'none';
  const client = new MongoClient(`mongodb://${host.includes(':') ? `[${host}]` : host}:${port}/`, {
    directConnection: true,
    lookup: pinnedLookup(addresses),
    tls: isSecure,
    ...(isSecure && {
      secureContext: context.trust.context,
      rejectUnauthorized: plan.tls === 'verified',
      ...(plan.tls !== 'verified' && { checkServerIdentity: () => undefined }),
    }),
    ...(plan.user !== undefined && {
      auth: { username: plan.user, password: plan.password ?? '' },
      authSource: plan.authSource ?? plan.database ?? 'admin',
    }),
    appName: 'keel connection test',
    maxPoolSize: 1,
    retryReads: false,
    retryWrites: false,
    monitorCommands: false,
    // the first answer counts: a driver would try again until its time is up
    heartbeatFrequencyMS: 60_000,
    serverSelectionTimeoutMS: 60_000,
    connectTimeoutMS: context.timeoutMs,
    socketTimeoutMS: context.timeoutMs,
  });
  // a ping is answered before any login
  const loggedIn = plan.user === undefined ? 'answers-everybody' : 'logged-in';
  const firstFault = new Promise<never>((_, reject) => {
    client.on('serverHeartbeatFailed', ({ failure }) => reject(failure));
  });
  firstFault.catch(() => undefined);
  try {
    const ping = client.db(plan.database ?? 'admin').command({ ping: 1 });
    await orAborted(Promise.race([ping, firstFault]), context.signal);
    return verdict(loggedIn, cautionOf(plan));
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    return verdict(reason === 'logged-in' ? loggedIn : reason, cautionOf(plan));
  } finally {
    await client.close().catch(() => undefined);
  }
}

/** The first server that the service record names (`mongodb+srv`). */
async function firstOfService({ host }: LoginPlan, { signal }: ProbeContext) {
  const records = resolveSrv(`_mongodb._tcp.${host}`).catch(() => []);
  const [first] = await orAborted(records, signal);
  if (!first) throw new ProbeEnded('name-unknown');
  // a record may only name servers under its own domain (Initial DNS Seedlist Discovery)
  const domain = host.split('.').slice(1).join('.');
  if (!first.name.toLowerCase().endsWith(`.${domain.toLowerCase()}`)) throw new ProbeEnded('redirected');
  return { host: first.name, port: first.port };
}

function reasonOf(error: unknown): ProbeReason | undefined {
  const { name, code } = error as { name?: string; code?: unknown };
  if (typeof code === 'number') return Object.hasOwn(byCode, code) ? byCode[code] : 'answer-unclear';
  const below = faultReason(error);
  if (below) return below;
  if (name === 'MongoParseError' || name === 'MongoCompatibilityError') return 'another-protocol';
  if (name === 'MongoNetworkTimeoutError') return 'timeout';
  if (name?.startsWith('MongoNetwork') || name === 'MongoServerSelectionError') return 'cut-off';
  return name?.startsWith('Mongo') ? 'answer-unclear' : undefined;
}

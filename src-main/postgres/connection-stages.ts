import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type pg from 'pg';
import type { ConnectionReport, ConnectionStage } from '#contract/environments';
import type { Text } from '#errors/text';
import { orAborted } from '#shared/or-aborted';
import { connect, type ServerFacts, serverFacts } from './connect.ts';
import { fromDriverError, hasWordsFor } from './connection-errors.ts';
import { type Found, failed, passed, type StageReport } from './connection-stage.ts';
import { addressOf } from './database-address.ts';
import { judgePrivileges, judgeSchema, type RoleFacts, readRoleFacts } from './session-stages.ts';
import { hostOfConnection } from './several-hosts.ts';
import { type DatabaseTarget, eachHost } from './target.ts';
import { openSocket, probeTls } from './tls-probe.ts';
import { judgeCertificate, judgePlain } from './tls-stage.ts';
import { transportOf } from './transport.ts';

export type StageName = ConnectionStage['stage'];

export interface StagesOptions {
  readonly signal: AbortSignal;
  /** Called before each stage, with its number. */
  readonly onStage?: (stage: StageName, number: number) => void;
  readonly now?: Date;
}

export const stageCount = 6;

/** A connection report whose remedies each adapter words. */
export interface StagesReport extends Omit<ConnectionReport, 'stages'> {
  readonly stages: readonly StageReport[];
}

/**
 * Goes through everything that connecting takes, one stage after the other: each is really done, and timed. The first
 * that fails ends it; the rest is `skipped`. A failed stage is a result, not an exception. Writes nothing in the database. Throws
 * `AbortError` when the signal says so, and `url-malformed`.
 */
export async function testConnection(
  given: DatabaseTarget,
  { signal, onStage, now = new Date() }: StagesOptions,
): Promise<StagesReport> {
  const address = addressOf(given);
  const target = await hostToLookAt(given);
  const session: Session = {};
  const stages: StageReport[] = [];
  try {
    for (const [index, [stage, look, doing]] of looks.entries()) {
      if (stages.at(-1)?.outcome === 'failed' || stages.at(-1)?.outcome === 'skipped') {
        stages.push({ stage, outcome: 'skipped', message: 'not run', ms: 0 });
        continue;
      }
      onStage?.(stage, index + 1);
      const started = performance.now();
      const found = await inTime(target.connectTimeoutMs, signal, (signal) =>
        look({ target, signal, now, session }),
      ).catch((error: unknown) => asFailed(error, signal, doing(target)));
      stages.push({ stage, ...found, ms: Math.round(performance.now() - started) });
    }
  } finally {
    // not waited for: a server that does not answer must not hold up the report
    session.client?.end().catch(() => undefined);
  }
  return {
    ok: stages.every(({ outcome }) => outcome === 'passed' || outcome === 'warning'),
    address,
    notes: [...(given.notes ?? [])],
    stages,
    ...(session.facts && { server: session.facts.versionText }),
    ...(session.transport && { transport: session.transport }),
  };
}

/** Of several hosts the one that a connection uses; the first where none answers, so that its stages say why. */
async function hostToLookAt(target: DatabaseTarget): Promise<DatabaseTarget> {
  const [first = target] = eachHost(target);
  if (!target.others) return first;
  const client = await connect(target, { applicationName: 'keel connection test' }).catch(() => undefined);
  if (!client) return first;
  await client.end();
  return hostOfConnection(target, client);
}

/** A report in the words of an adapter. */
export function reportInWords(
  { stages, ...report }: StagesReport,
  words: (text: Text) => string,
): ConnectionReport {
  const inWords = ({ remedy, ...stage }: StageReport) => ({
    ...stage,
    ...(remedy !== undefined && { remedy: words(remedy) }),
  });
  return { ...report, stages: stages.map(inWords) };
}

/** What the stages from the login on share. */
interface Session {
  client?: pg.Client;
  facts?: ServerFacts;
  role?: RoleFacts;
  transport?: NonNullable<ConnectionReport['transport']>;
}

interface LookAt {
  readonly target: DatabaseTarget;
  readonly signal: AbortSignal;
  readonly now: Date;
  readonly session: Session;
}

type Look = (at: LookAt) => Promise<Found>;

const looks: readonly (readonly [StageName, Look, doing: (target: DatabaseTarget) => string])[] = [
  ['dns', lookAtName, ({ host }) => `looking up ${host}`],
  ['tcp', lookAtPort, ({ host, port }) => `connecting to ${host}, port ${port}`],
  ['tls', lookAtTls, ({ host }) => `encrypting the connection to ${host}`],
  ['login', logIn, ({ user, database }) => `logging in to ${database} as ${user}`],
  ['schema', lookAtSchema, () => 'reading the catalog'],
  ['privileges', lookAtPrivileges, () => 'reading privileges'],
];

async function lookAtName({ target: { host, hostaddr }, signal }: LookAt): Promise<Found> {
  if (hostaddr !== undefined) return passed(`${hostaddr} is set for ${host}: the name is not looked up`);
  if (host.startsWith('/')) return passed('a Unix socket on this machine: there is no name to look up');
  if (isIP(host)) return passed('an IP address: there is no name to look up');
  const found = await orAborted(lookup(host, { all: true }), signal);
  const [first, ...more] = found.map(({ address }) => address);
  return passed(`${host} is ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`);
}

async function lookAtPort({ target, signal }: LookAt): Promise<Found> {
  const { host, port } = target;
  const socket = await openSocket(target, signal);
  const answered = socket.remoteAddress ?? host;
  socket.destroy();
  return passed(host.startsWith('/') ? `the socket in ${host} answers` : `${answered}, port ${port} answers`);
}

async function lookAtTls({ target, signal, now }: LookAt): Promise<Found> {
  if (target.sslmode === 'disable' || target.host.startsWith('/')) return judgePlain(target);
  const shown = await probeTls(target, signal);
  return shown ? judgeCertificate(target, shown, now) : judgePlain(target);
}

async function logIn({ target, signal, session }: LookAt): Promise<Found> {
  const connecting = connect(target, { applicationName: 'keel connection test' });
  session.client = await orAborted(connecting, signal).catch((error: unknown) => {
    // one that comes too late is left again
    connecting.then((late) => late.end()).catch(() => undefined);
    throw error;
  });
  session.transport = transportOf(session.client, target);
  session.facts = await orAborted(serverFacts(session.client), signal);
  return passed(`logged in to ${target.database} as ${target.user}`);
}

async function lookAtSchema({ signal, session }: LookAt): Promise<Found> {
  const { client, facts } = opened(session);
  session.role = await orAborted(readRoleFacts(client), signal);
  return judgeSchema(facts, session.role);
}

async function lookAtPrivileges({ session }: LookAt): Promise<Found> {
  const { facts, role } = opened(session);
  if (!role) throw new Error('privileges are judged after the schema was read');
  return judgePrivileges(facts, role);
}

function opened({ client, facts, role }: Session) {
  if (!client || !facts) throw new Error('a stage of the session came before the login');
  return { client, facts, role };
}

function asFailed(error: unknown, signal: AbortSignal, doing: string): Found {
  if (signal.aborted) throw error;
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall !== undefined && code !== undefined && !hasWordsFor(code)) {
    return failed(
      `${doing}: the operating system refused (${code})`,
      'check the host, the port and this machine’s network',
    );
  }
  const { message, remedy } = fromDriverError(error, doing);
  return failed(message, remedy);
}

/** Gives up after the time with what Node's network layer says then. */
async function inTime<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(ms);
  try {
    signal.throwIfAborted();
    return await work(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (signal.aborted || !timeout.aborted) throw error;
    throw Object.assign(new Error('the server did not answer in time'), { code: 'ETIMEDOUT' });
  }
}

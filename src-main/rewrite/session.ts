import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { KeelClient } from '#postgres/session/keel-client';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { type ServerFacts, serverFacts } from '#postgres/connect';
import { type PortableTraits, traitsOfPostgres } from '#postgres/engine/engine';
import { hasAdvisoryLocks } from '#postgres/session/portable';
import { refusalBehind, refusalOf } from '#postgres/engine/refused-engine';
import type { Backend } from './left-sessions.ts';
import { sessionName } from './session-name.ts';

/** Opens a connection to the environment's database with the given application name. */
export type OpenConnection = (applicationName: string) => Promise<KeelClient>;

/**
 * The connections over which rows are rewritten: `reader` streams them out, `writer` stages them and runs the
 * transaction.
 */
export interface RewriteSession extends AsyncDisposable {
  readonly id: string;
  readonly reader: KeelClient;
  readonly writer: KeelClient;
  readonly facts: ServerFacts;
  /** Server processes of the two connections. */
  readonly pids: readonly [number, number];
  /** The same with their start times, if these are known. */
  readonly backends: readonly Backend[] | undefined;
  /** A further connection, for cleaning up when one of the two is lost. */
  readonly open: () => Promise<KeelClient>;
  /**
   * Makes the server stop what the two connections are doing, except a COMMIT, and cuts them if it does not.
   */
  readonly cancel: () => void;
  /** What the portable way can rely on here; undefined if rows are rewritten the usual way. */
  readonly portable: PortableTraits | undefined;
  /** A pooler gives the server's processes to others between two transactions, so no lock is held. */
  readonly shared: boolean;
}

/** `pg_advisory_lock` key that one session at a time holds in a database: the bytes of "keel", and 1. */
const advisoryKey = '1801807212, 1';

/**
 * Reserves the database for one session until the connection ends. False while another session has it; true
 * if the engine has no such locks.
 */
export async function holdDatabase(client: Client): Promise<boolean> {
  if (!hasAdvisoryLocks(client)) return true;
  const { rows } = await client.query(`SELECT pg_try_advisory_lock(${advisoryKey}) AS held`);
  return rows[0].held;
}

/**
 * Whether no session has reserved the database. Leaves no lock behind, so that it can be checked through a
 * pooler.
 */
export async function isDatabaseFree(client: Client): Promise<boolean> {
  if (!hasAdvisoryLocks(client)) return true;
  const { rows } = await client.query(`SELECT pg_try_advisory_xact_lock(${advisoryKey}) AS free`);
  return rows[0].free;
}

/** Releases the database if the connection's server process may outlive it. */
async function letGo(client: Client): Promise<void> {
  if (!hasAdvisoryLocks(client)) return;
  await client.query(`SELECT pg_advisory_unlock(${advisoryKey})`);
}

/**
 * Which ways of rewriting rows are allowed: the usual one only, also the portable one if the engine lacks
 * what the usual one relies on, or the portable one only.
 */
export type Ways = 'usual' | 'as-needed' | 'portable';

/**
 * Connects twice. Throws `rotation-running` while another session has the database, and `preflight-stopped`
 * if Keel refuses its engine or has no way for it, before anything is locked there.
 */
export async function openSession(openConnection: OpenConnection, ways: Ways): Promise<RewriteSession> {
  const id = randomUUID();
  const open = () => openConnection(sessionName(id));
  const [writer, reader] = await openBoth(open);
  try {
    const { shared, facts } = await servedBy(reader, writer).catch(async (error: unknown) => {
      throw (await refusalBehind(reader, error)) ?? error;
    });
    const { engine } = facts[1];
    const refusal = refusalOf(engine, ways === 'usual');
    if (refusal) throw refusal;
    const portable = engine.traits ?? (ways === 'portable' ? traitsOfPostgres : undefined);
    for (const client of [reader, writer]) client.portable = portable;
    if (!shared && !(await holdDatabase(writer))) {
      throw new KeelError(
        'rotation-running',
        'another rotation or import has this database locked; nothing was changed',
        text`wait until it finishes; if its process no longer exists, ${{ do: 'recover' }}`,
      );
    }
    return {
      id,
      reader,
      writer,
      facts: facts[1],
      pids: [facts[0].backendPid, facts[1].backendPid],
      backends: knownBackends(facts),
      portable,
      shared,
      open,
      cancel: () => {
        for (const client of [reader, writer]) client.interrupt();
      },
      [Symbol.asyncDispose]: async () => {
        if (writer.isGuest && !shared) await letGo(writer).catch(() => undefined);
        await Promise.allSettled([reader.end(), writer.end()]);
      },
    };
  } catch (error) {
    await Promise.allSettled([reader.end(), writer.end()]);
    throw error;
  }
}

/** Both connections or none. */
async function openBoth(open: () => Promise<KeelClient>): Promise<[KeelClient, KeelClient]> {
  const outcomes = await Promise.allSettled([open(), open()]);
  const clients = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (!failed) return clients as [KeelClient, KeelClient];
  await Promise.allSettled(clients.map((client) => client.end()));
  throw failed.reason;
}

function knownBackends(facts: readonly ServerFacts[]): Backend[] | undefined {
  const known = facts.flatMap(({ backendPid: pid, backendStart: startedAt }) =>
    startedAt === null ? [] : [{ pid, startedAt }],
  );
  return known.length === facts.length ? known : undefined;
}

/**
 * What the server reports about both connections, checked for a pooler that changes their processes before
 * anything is set or locked.
 */
async function servedBy(reader: KeelClient, writer: KeelClient) {
  const facts = await Promise.all([serverFacts(reader), serverFacts(writer)]);
  const [{ backendPid: first }, { backendPid: second }] = facts;
  const isPooled = reader.isGuest || writer.isGuest;
  const shared =
    first === second ||
    (isPooled &&
      ((await changesProcess(writer, reader, second)) || (await changesProcess(reader, writer, first))));
  return { facts, shared };
}

/**
 * Whether a connection gets another server process after a transaction, because the other connection was
 * given it and returned it later.
 */
async function changesProcess(one: KeelClient, other: KeelClient, pid: number): Promise<boolean> {
  for (const client of [one, other]) await client.query('BEGIN');
  const { backendPid: during } = await serverFacts(one);
  for (const client of [one, other]) await client.query('COMMIT');
  const { backendPid: after } = await serverFacts(one);
  return during !== pid || after !== pid;
}

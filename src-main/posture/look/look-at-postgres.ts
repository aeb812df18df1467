import type { ConnectionOptions } from 'node:tls';
import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import type { DatabaseTarget } from '#postgres/target';
import { openSocket, requestTls } from '#postgres/tls-probe';
import { tlsOptions } from '#postgres/tls';
import { isLoopback } from '#postgres/transport';
import type { EncryptedColumn } from '#contract/inventory';
import { lookAtColumns } from './credential-columns.ts';
import { diskUnder } from './encrypted-disk.ts';
import type { CredentialFacts, PostgresFacts, SessionFacts } from '#posture/facts';
import { orAborted } from '#shared/or-aborted';
import { faultOf, inTime } from './in-time.ts';
import { managedServiceOf } from './managed-service.ts';
import type { PlainAnswer } from './plain-postgres.ts';
import { askPlainly } from './plain-postgres.ts';
import { readSession } from './session-facts.ts';
import { askForWeakCiphers } from './weak-ciphers.ts';
import { askForOldProtocols } from './old-protocols.ts';
import { shakeHandsAnyhow, shownIn } from './tls-handshake.ts';

const timeoutMs = 10_000;
const greetingsMs = 20_000;

/** A database, and the way in with whatever password belongs to it. */
export interface PostureDatabase {
  readonly target: DatabaseTarget;
  readonly open: (applicationName: string) => Promise<Client>;
}

export interface LookAtPostgres {
  readonly database: PostureDatabase;
  /** The encrypted columns, where they are known. */
  readonly inventory: readonly EncryptedColumn[];
  readonly signal: AbortSignal;
}

/** Looks at the way to a PostgreSQL and at what it tells of itself. Writes nothing. Throws only the signal's reason. */
export async function lookAtPostgres({
  database,
  inventory,
  signal,
}: LookAtPostgres): Promise<{ postgres: PostgresFacts; columns: Columns }> {
  const { target } = database;
  const { host } = target;
  const [tls, plain, session] = await Promise.all([
    lookAtTls(target, signal),
    lookPlainly(target, signal),
    lookInside(database, inventory, signal),
  ]);
  const service = managedServiceOf(host, 'facts' in session ? session.names : []);
  const transport = { host, local: isLoopback(host), ...tls, plain, ...(service && { service }) };
  if ('fault' in session) return { postgres: { ...transport, fault: session.fault }, columns: session };
  return { postgres: { ...transport, session: session.facts }, columns: session.columns };
}

/** The certificate under the roots that the target trusts, and old versions. */
async function lookAtTls(
  target: DatabaseTarget,
  signal: AbortSignal,
): Promise<Pick<PostgresFacts, 'tls' | 'tlsFault' | 'old' | 'ciphers'>> {
  const open = async (signal: AbortSignal) => {
    const socket = await openSocket(target, signal);
    try {
      if (await requestTls(socket, signal)) return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.destroy();
    throw new NoTls();
  };
  if (target.host.startsWith('/')) return { tls: undefined };
  try {
    const old = await inTime(greetingsMs, signal, (signal) =>
      askForOldProtocols(open, target.host, signal),
    ).catch((error: unknown) => {
      if (error instanceof NoTls) throw error;
      return undefined;
    });
    signal.throwIfAborted();
    const tls = await inTime(timeoutMs, signal, async (signal) => {
      const strict = await tlsOptions({ ...target, sslmode: 'verify-full' });
      const { socket, secure } = await shakeHandsAnyhow(open, target.host, strict || {}, signal);
      try {
        return shownIn(secure, target.host, rootsOf(strict));
      } finally {
        socket.destroy();
      }
    });
    const spoken = { tls13: tls.protocol === 'TLSv1.3', old };
    const ciphers = await inTime(greetingsMs, signal, (signal) =>
      askForWeakCiphers(open, target.host, spoken, signal),
    ).catch(() => undefined);
    signal.throwIfAborted();
    return { tls, ...(old && { old }), ...(ciphers && { ciphers }) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NoTls) return { tls: undefined };
    return { tlsFault: error instanceof KeelError ? error.message : faultOf(error) };
  }
}

/** The roots of a way that checks certificates, as PEM. */
function rootsOf(options: false | ConnectionOptions): (string | Buffer)[] {
  return options ? ([options.ca ?? []].flat() as (string | Buffer)[]) : [];
}

class NoTls extends Error {}

async function lookPlainly(target: DatabaseTarget, signal: AbortSignal): Promise<PlainAnswer> {
  try {
    return await inTime(timeoutMs, signal, (signal) => askPlainly(target, signal));
  } catch {
    signal.throwIfAborted();
    return 'unclear';
  }
}

type Inside =
  | { readonly facts: SessionFacts; readonly names: readonly string[]; readonly columns: Columns }
  | { readonly fault: string };
type Columns = Pick<CredentialFacts, 'columns' | 'fault'>;

async function lookInside(
  { target, open }: PostureDatabase,
  inventory: readonly EncryptedColumn[],
  signal: AbortSignal,
): Promise<Inside> {
  const connecting = open('keel posture');
  try {
    const client = await orAborted(connecting, signal);
    try {
      const session = await orAborted(readSession(client, target), signal);
      const disk = await diskOf(session);
      const columns = await orAborted(lookAtColumns(client, inventory), signal);
      const facts: SessionFacts = { ...session.facts, ...(disk && { disk }) };
      return { facts, names: session.names, columns };
    } finally {
      // not waited for: a server that does not answer must not hold up the report
      client.end().catch(() => undefined);
    }
  } catch (error) {
    signal.throwIfAborted();
    connecting.then((late) => late.end()).catch(() => undefined);
    return { fault: error instanceof KeelError ? error.message : faultOf(error) };
  }
}

/** Of a server that runs on this very machine: one in a container answers from an address of its own. */
async function diskOf({ folder, onThisMachine }: { folder?: string; onThisMachine: boolean }) {
  return folder !== undefined && onThisMachine ? diskUnder(folder) : undefined;
}

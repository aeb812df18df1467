import { KeelError } from '#errors/keel-error';
import type { KeelClient } from './session/keel-client.ts';
import { type DatabaseTarget, eachHost } from './target.ts';

/** What is in the way of one host and may not of the next; a refused login would be refused there too. */
const nextIsTried: readonly string[] = ['server-unreachable', 'connection-lost'];

/**
 * Connects to the first host that accepts writes, as libpq does for target_session_attrs=read-write. Throws `server-read-only` where
 * those that answer are all standbys, and what is in the way of the last where none answers.
 */
export async function connectToWritable(
  target: DatabaseTarget,
  open: (host: DatabaseTarget) => Promise<KeelClient>,
): Promise<KeelClient> {
  const found: string[] = [];
  let standby = false;
  let last: KeelError | undefined;
  for (const host of eachHost(target)) {
    const name = `${host.host}:${host.port}`;
    try {
      const client = await open(host);
      if (await acceptsWrites(client)) return client;
      standby = true;
      found.push(`${name} does not accept writes`);
    } catch (error) {
      if (!(error instanceof KeelError) || !nextIsTried.includes(error.code)) throw error;
      last = error;
      found.push(`${name} cannot be reached`);
    }
  }
  throw new KeelError(
    standby || !last ? 'server-read-only' : last.code,
    `none of the ${found.length} hosts is a server that accepts writes: ${found.join(', ')}`,
    'start the primary, or add it to the connection string',
    { cause: last },
  );
}

/** The target by the one host of it that a connection was made to. */
export function hostOfConnection(
  target: DatabaseTarget,
  client: { host: string; port: number },
): DatabaseTarget {
  const hosts = eachHost(target);
  return (
    hosts.find(({ host, hostaddr, port }) => (hostaddr ?? host) === client.host && port === client.port) ??
    target
  );
}

async function acceptsWrites(client: KeelClient): Promise<boolean> {
  let accepts = false;
  try {
    const { rows } = await client.query(
      `SELECT NOT pg_catalog.pg_is_in_recovery()
              AND pg_catalog.current_setting('transaction_read_only') = 'off' AS accepts`,
    );
    accepts = rows[0].accepts;
    return accepts;
  } finally {
    if (!accepts) await client.end();
  }
}

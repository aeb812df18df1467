import type { KeelClient } from './keel-client.ts';

/**
 * Whether the server still works on what a connection waits for, asked over a new connection. False where it does not know the
 * connection, or waits for us in turn. A server that answers and lets nobody in, as where a role has no connection left, is given
 * the benefit of the doubt. Throws what reaching it throws.
 */
export async function isServed(silent: KeelClient, open: () => Promise<KeelClient>): Promise<boolean> {
  const { processId, waitsFor } = silent.state;
  const client = await open().catch((error: unknown) => {
    if (error instanceof Error && 'severity' in error) return undefined;
    throw error;
  });
  if (!client) return true;
  // a server that lets us in and then says nothing is none
  const impatience = setTimeout(() => client.cut(), answerMs);
  try {
    // the login sees its own sessions, whatever role they took on
    await client.query('BEGIN; SET LOCAL ROLE NONE');
    const { rows } = await client.query(
      'SELECT state, wait_event FROM pg_catalog.pg_stat_activity WHERE pid OPERATOR(pg_catalog.=) $1',
      [processId],
    );
    const [found] = rows;
    // it answered meanwhile
    if (silent.state.waitsFor !== waitsFor) return true;
    // a pooler's number is not the server's: that the way is open is all that can be said
    if (!found) return silent.isGuest;
    if (found.state !== 'active') return found.state === null;
    if (found.wait_event === 'ClientWrite') return false;
    // rows are being made for it here, unless some of what was sent is still on its way
    return found.wait_event !== 'ClientRead' || silent.connection.stream.writableLength === 0;
  } finally {
    clearTimeout(impatience);
    await client.end();
  }
}

const answerMs = 5_000;

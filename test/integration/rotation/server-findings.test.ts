import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import type { KeelClient } from '#postgres/session/keel-client';
import { openSession } from '#rewrite/session';
import { runPreflight } from '#rotation/preflight/run-preflight';
import { openDatabase } from '#workspace/database';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { base64Column } from '#test/support/databases/foreign-database';

test('a server older than PostgreSQL 13 is only told so, since it does not know what the rest would ask for', async () => {
  await using database = await createTestDatabase();
  await using session = await openSession(openDatabase(database.url).open, 'usual');
  const reader = Object.create(session.reader, {
    query: { value: refuseTriggers(session.reader) },
  }) as KeelClient;
  const facts = { ...session.facts, version: 120_022, versionText: '12.22' };
  using from = new EncryptionKey(randomBytes(32));
  using to = new EncryptionKey(randomBytes(32));
  const column = base64Column('none');
  const { findings } = await runPreflight(
    { ...session, reader, facts },
    {
      inventory: { version: 1, columns: [column] },
      keys: { from, to, toMayBePresent: false, inDoubt: 'stop' },
      excluded: [],
      accepted: [],
    },
  );
  expect(findings).toContainEqual(
    expect.objectContaining({
      code: 'version',
      level: 'stop',
      message: 'the server runs PostgreSQL 12.22, which is too old',
    }),
  );
});

/** PostgreSQL 12 has no `pg_trigger.tgparentid`. */
function refuseTriggers(client: pg.Client) {
  return (text: string, values?: unknown[]) => {
    expect(text).not.toContain('tgparentid');
    return client.query(text, values);
  };
}

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openCredential, secretOf } from '#credentials/one-credential';
import { replaceCredential } from '#credentials/replace-credential';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { discoverColumns } from '#discovery/discovery';
import { parseDatabaseUrl } from '#postgres/target';
import { base64 } from '#test/support/databases/foreign-database';
import { type SeveringOptions, startSeveringProxy } from '#test/support/postgres/severing-proxy';
import { createTestDatabase } from '#test/support/postgres/test-database';

// What is said of a replaced credential, whose COMMIT got no answer, is what its row holds.

const tables = {
  'with a primary key': 'id int PRIMARY KEY, data text NOT NULL',
  'without one': 'id int, data text NOT NULL',
};
const row = Object.entries(tables);

/** Replaces one credential over a line that is cut at COMMIT. Answers how that ended, and the secret that is there. */
async function replaceOver(columns: string, lost: Omit<SeveringOptions, 'statement'>) {
  await using database = await createTestDatabase();
  using key = new EncryptionKey(randomBytes(32));
  await database.client.query(`CREATE TABLE credential (${columns})`);
  for (let id = 0; id < 20; id++)
    await database.client.query('INSERT INTO credential VALUES ($1, $2)', [
      id,
      base64(`the secret of number ${id}`, key.bytes),
    ]);
  await using proxy = await startSeveringProxy(database.url, { statement: 'COMMIT', ...lost });
  const client = await connect(parseDatabaseUrl(proxy.url), { applicationName: 'keel test' });
  const plain = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel test' });
  try {
    const { inventory } = await discoverColumns(plain, { key });
    const { rows } = await database.client.query(
      'SELECT tableoid::text, ctid::text, id::text FROM credential WHERE id = 3',
    );
    const named = columns.includes('PRIMARY KEY')
      ? { id: rows[0].id }
      : { tableoid: rows[0].tableoid, ctid: rows[0].ctid };
    const address = { schema: 'public', table: 'credential', column: 'data', key: named };
    using before = await openCredential(plain, key, inventory, address);
    const replacing = { version: before.version, value: 'another secret' };
    const ended = await replaceCredential(client, key, inventory, address, replacing).then(
      () => 'done',
      ({ code, message }) => ({ code, message }),
    );
    const { rows: now } = await database.client.query('SELECT ctid::text FROM credential WHERE id = 3');
    const there = 'id' in named ? address : { ...address, key: { ...named, ctid: now[0].ctid } };
    using after = await openCredential(plain, key, inventory, there);
    return { severed: proxy.severed, ended, holds: Buffer.from(secretOf(after)).toString() };
  } finally {
    await Promise.allSettled([client.end(), plain.end()]);
  }
}

test.each(row)('of a table %s: it is replaced where the row holds the new secret', async (_, columns) => {
  expect(await replaceOver(columns, { forward: true })).toEqual({
    severed: true,
    ended: 'done',
    holds: 'another secret',
  });
});

test.each(row)('of a table %s: nothing was changed where the row holds the old one', async (_, columns) => {
  expect(await replaceOver(columns, { forward: false, keepsFar: true })).toEqual({
    severed: true,
    ended: { code: 'connection-lost', message: expect.stringContaining('nothing was changed') },
    holds: 'the secret of number 3',
  });
});

test('it may be either where the server cannot be asked', async () => {
  const { ended } = await replaceOver(tables['with a primary key'], { forward: true, forGood: true });
  expect(ended).toEqual({
    code: 'commit-unsettled',
    message: expect.stringContaining('may have the new secret or the old one'),
  });
});

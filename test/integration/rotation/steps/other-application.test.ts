import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { checkSchemes } from '#rotation/preflight/schemes';
import { assertFitForApplication } from '#rotation/use-cases/application-keys';
import { connectPlainly, createTestDatabase, urlOf } from '#test/support/postgres/test-database';
import { fill, vectorsOf } from '#test/support/schemes/application-database';

// Values of another application, looked for in every row of every table.

const layout = '"{[80]!+8+iv+body+tag32 base64url}" fernet key:base64';
const entry = (table: string) => ({
  schema: 'public',
  table,
  column: 'secret',
  layout,
  kind: 'unknown' as const,
});
const inventory = { version: 1 as const, columns: [entry('store')] };
const vectors = vectorsOf('airweave');
const keyOf = (text: string) => new EncryptionKey(Buffer.from(text, 'base64'));

test('what the inventory does not list is found in every table, named, and left where the admin says so', async () => {
  await using database = await createTestDatabase();
  await fill(database, vectors);
  using from = keyOf(vectors[0]?.key ?? '');
  using to = new EncryptionKey(randomBytes(32));
  const keys = { from, to, toMayBePresent: false, inDoubt: 'stop' as const };
  await using client = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel test' });
  const tables: [number, number][] = [];
  const look = (left: readonly string[] = [], signal?: AbortSignal) =>
    checkSchemes(client, {
      keys,
      inventory,
      left,
      signal,
      onTable: (done, total) => void tables.push([done, total]),
    });
  const clean = await look();
  expect(clean).toMatchObject([{ level: 'pass', code: 'unlisted-columns' }]);
  expect(clean[0]?.message).toContain('every row of the 2 tables that this role can read was read');
  expect(tables).toEqual([
    [0, 2],
    [1, 2],
  ]);

  await database.client.query('CREATE TABLE copy AS SELECT id, secret FROM store LIMIT 3');
  const places = [
    { name: 'public.copy.secret', proposal: expect.objectContaining({ table: 'copy', layout }) },
  ];
  expect(await look()).toMatchObject([
    {
      level: 'stop',
      code: 'unlisted-columns',
      message: expect.stringMatching(/: public\.copy\.secret$/),
      places,
    },
  ]);
  expect(await look(['copy.secret'])).toMatchObject([{ level: 'warn', code: 'left-under-old-key', places }]);

  await database.client.query(`
    DROP TABLE copy; CREATE EXTENSION postgres_fdw;
    CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'no.invalid');
    CREATE FOREIGN TABLE far (id int, secret text) SERVER elsewhere`);
  expect(await look()).toMatchObject([
    { level: 'stop', code: 'not-read', message: expect.stringMatching(/: public\.far \(a foreign table\)$/) },
  ]);
  expect(await look(['public.far'])).toMatchObject([
    { level: 'warn', code: 'left-unread', places: [{ name: 'public.far' }] },
    { level: 'pass', message: expect.stringContaining('the 2 tables') },
  ]);
  await expect(look([], AbortSignal.abort())).rejects.toThrow();

  const role = `role_${randomBytes(4).toString('hex')}`;
  await database.client.query(`DROP FOREIGN TABLE far; CREATE TABLE closed (id int, secret text);
    CREATE ROLE ${role} LOGIN PASSWORD 'pass'; GRANT SELECT ON store, other TO ${role}`);
  const guest = await connectPlainly(urlOf(database.url, database.name, { user: role, password: 'pass' }));
  try {
    const findings = await checkSchemes(guest, { keys, inventory, left: [] });
    expect(findings).toMatchObject([
      {
        level: 'stop',
        code: 'not-read',
        message: expect.stringMatching(/: public\.closed \(.*permission denied/),
      },
    ]);
  } finally {
    await guest.end();
    await database.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
  await expect(assertFitForApplication(inventory, keys)).resolves.toBeUndefined();
});

test('a new key that is written otherwise than the old one is not fit for the application', async () => {
  using from = new EncryptionKey(randomBytes(32));
  const fit = (written: Buffer, columns = inventory.columns) =>
    assertFitForApplication({ version: 1, columns }, { from, to: { written } } as never);
  await expect(fit(Buffer.from('ab12'.repeat(16)))).rejects.toMatchObject({
    code: 'key-malformed',
    message: expect.stringContaining('32 bytes in base64 and the new one 64 hexadecimal digits'),
  });
  // whatever it is, Ballast's own keys are judged elsewhere
  await expect(fit(Buffer.from('x'), [{ ...entry('store'), layout: 'base64' }])).resolves.toBeUndefined();
});

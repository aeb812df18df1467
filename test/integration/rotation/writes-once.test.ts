import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readCatalog } from '#postgres/catalog';
import { connect } from '#postgres/connect';
import { resolveInventory } from '#postgres/table-target';
import { parseDatabaseUrl } from '#postgres/target';
import { writesOnce } from '#rewrite/applied';
import { base64Column, base64, openBase64 } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';

const nothing = 'CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;';
const trigger = (when: string) => `${nothing} CREATE TRIGGER act ${when} ON vault EXECUTE FUNCTION act()`;

test.for<[what: string, setup: string, once: boolean]>([
  ['a plain table', '', true],
  ['a table that others refer to', 'CREATE TABLE other (id int REFERENCES vault)', true],
  [
    'a table that refers to another',
    'CREATE TABLE other (id int PRIMARY KEY); ALTER TABLE vault ADD o int REFERENCES other',
    true,
  ],
  ['a unique key that is checked late', 'ALTER TABLE vault ADD UNIQUE (n) DEFERRABLE', true],
  ['a trigger on INSERT', trigger('AFTER INSERT'), true],
  ['a trigger that is off', `${trigger('AFTER UPDATE')}; ALTER TABLE vault DISABLE TRIGGER act`, true],
  ['a trigger after it', trigger('AFTER UPDATE'), false],
  ['a trigger before each row', trigger('BEFORE UPDATE').replace(' EXECUTE', ' FOR EACH ROW EXECUTE'), false],
  ['a rule', 'CREATE RULE act AS ON UPDATE TO vault DO ALSO NOTIFY act', false],
  [
    'a key of its own rows that follows an UPDATE',
    'ALTER TABLE vault ADD UNIQUE (s); ALTER TABLE vault ADD parent text REFERENCES vault (s) ON UPDATE CASCADE',
    false,
  ],
])('an UPDATE is all that writes to %s, or is not taken for that', async ([, setup, once]) => {
  await using database = await createTestDatabase();
  await database.client.query('CREATE TABLE vault (id int PRIMARY KEY, s text, n int)');
  await database.client.query(setup);
  const client = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel test' });
  try {
    const column = base64Column();
    const [target] = resolveInventory({ version: 1, columns: [column] }, await readCatalog(client));
    expect(target && (await writesOnce(client, target))).toBe(once);
  } finally {
    await client.end();
  }
});

describe('a rotation of a table to which something else writes too', () => {
  test.for<[what: string, setup: string]>([
    [
      'a trigger that writes something else after the UPDATE',
      `CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF pg_trigger_depth() = 1 THEN UPDATE vault SET s = reverse(s) WHERE id = NEW.id AND id = 7; END IF; RETURN NULL; END $$;
       CREATE TRIGGER act AFTER UPDATE ON vault FOR EACH ROW EXECUTE FUNCTION act()`,
    ],
    [
      'a rule that writes something else',
      `CREATE RULE act AS ON UPDATE TO vault DO ALSO UPDATE log SET s = reverse(NEW.s) WHERE id = NEW.id`,
    ],
  ])('%s, changes all or nothing', async ([, setup]) => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const [from, to] = [randomBytes(32), randomBytes(32)];
    const { client } = database;
    await client.query('CREATE TABLE vault (id int PRIMARY KEY, s text); CREATE TABLE log (id int, s text)');
    for (let i = 1; i <= 20; i++)
      await client.query('INSERT INTO vault VALUES ($1, $2)', [
        i,
        base64(`{"password": "number ${i}"}`, from),
      ]);
    await client.query(setup);
    const column = base64Column();
    await folder.run([
      ...['rotate', '--json', '--yes', '--accept', 'other-sessions', '--database', database.url],
      ...[
        '--inventory',
        await folder.file('inventory.json', JSON.stringify({ version: 1, columns: [column] })),
      ],
      ...['--from-key-file', await folder.file('from.key', from.toString('base64'))],
      ...['--to-key-file', await folder.file('to.key', to.toString('base64'))],
    ]);
    const { rows } = await client.query<{ s: string }>('SELECT s FROM vault');
    const count = (key: Buffer) => rows.filter(({ s }) => openBase64(s, key).startsWith('{"pass')).length;
    expect([
      [20, 0],
      [0, 20],
    ]).toContainEqual([count(from), count(to)]);
  });
});

import { describe, expect, test } from 'vitest';
import { revokeKey } from '#api-keys/change-keys';
import { openKeyTable } from '#api-keys/key-table';
import { listCredentials, type ListedCredential } from '#credentials/list-credentials';
import { openCredential } from '#credentials/one-credential';
import { replaceCredential } from '#credentials/replace-credential';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import type { KeelClient } from '#postgres/session/keel-client';
import { parseDatabaseUrl } from '#postgres/target';
import { foreignKey } from '#test/support/databases/api-keys';
import { base64Column } from '#test/support/databases/foreign-database';
import { type Hostile, prepareHostile } from '#test/support/databases/hostile';
import { expectUndone, rowsToRotate } from '#test/support/databases/rotated-rows';

// What is attached to a table, or put in its place, between the checks and the change.

const acting = `CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$`;
const trigger = `${acting}; CREATE TRIGGER act BEFORE UPDATE ON vault FOR EACH ROW EXECUTE FUNCTION act()`;

describe.concurrent('a rotation stops before it writes a row, where meanwhile', () => {
  test.for([
    ['a trigger is made', trigger],
    [
      'the table has been renamed and another has its name',
      'ALTER TABLE vault RENAME TO old; CREATE TABLE vault (LIKE old INCLUDING ALL); INSERT INTO vault SELECT * FROM old',
    ],
    ['the table gets another owner', 'ALTER TABLE vault OWNER TO pg_monitor'],
  ] as const)('%s', async ([, sql]) => {
    await using rows = await rowsToRotate();
    const changed = rows.rotate({ staged: () => rows.database.client.query(sql) });
    await expect(changed).rejects.toMatchObject({ code: 'preflight-stopped' });
    await expectUndone(rows);
  });
});

test('what default privileges grant to others is revoked from each table that Keel makes', async () => {
  await using rows = await rowsToRotate('ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC, pg_monitor');
  const granted = async () => {
    const { rows: grants } = await rows.database.client.query(
      `SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) AS a
       WHERE c.relnamespace = 'keel'::regnamespace AND a.grantee <> c.relowner`,
    );
    return grants;
  };
  for (const portable of [true, false]) {
    await rows.rehearse({ portable, staged: async () => expect(await granted()).toEqual([]) });
  }
  await rows.rotate();
  expect(await rows.keelTables()).toEqual(['rotation']);
  expect(await granted()).toEqual([]);
});

/** Starts `change` while the table's owner is about to commit a trigger, and lets it commit once Keel waits for it or has answered. */
async function amidTrigger(
  { own, vault }: Hostile,
  table: string,
  change: (client: KeelClient) => Promise<unknown>,
) {
  const client = await connect(parseDatabaseUrl(vault.url), { applicationName: 'keel test' });
  const watching = await vault.connect();
  try {
    await own.query(
      `BEGIN; CREATE TRIGGER t BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION evil_trigger()`,
    );
    let answered = false;
    const outcome = change(client).then(
      () => 'changed',
      (error: unknown) => (error as { code: string }).code,
    );
    void outcome.then(() => (answered = true));
    const isWaiting = async () => {
      const { rows } = await watching.query(
        `SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass`,
        [table],
      );
      return rows.length > 0;
    };
    while (!answered && !(await isWaiting())) await new Promise(setImmediate);
    await own.query('COMMIT');
    return await outcome;
  } finally {
    await watching.end();
    await client.end();
  }
}

describe.concurrent('a trigger that a table’s owner commits while a superuser changes one row does not run', () => {
  test('as a credential is replaced', async () => {
    await using hostile = await prepareHostile(() => '');
    using key = new EncryptionKey(Buffer.from(hostile.vault.keys.from));
    const inventory = { version: 1 as const, columns: [base64Column()] };
    const outcome = await amidTrigger(hostile, 'public.vault', async (client) => {
      const { credentials } = await listCredentials(client, key, inventory, { limit: 1 });
      const one = credentials[0] as ListedCredential;
      using open = await openCredential(client, key, inventory, one);
      await replaceCredential(client, key, inventory, one, {
        version: open.version,
        value: 'another secret',
      });
    });
    await hostile.assertHarmless();
    expect(await hostile.ran()).toBe(false);
    expect(outcome).toBe('preflight-stopped');
    expect(await hostile.vault.opened()).toEqual({ from: 20, to: 0 });
  });

  test('as an API key is revoked', async () => {
    await using hostile = await prepareHostile(
      () => `CREATE TABLE api_keys (id int PRIMARY KEY, key_hash text, is_active boolean DEFAULT true);
        INSERT INTO api_keys VALUES (1, '${foreignKey(1).hash}', true)`,
    );
    const mapping = {
      schema: 'public',
      table: 'api_keys',
      columns: { hash: 'key_hash', active: 'is_active' },
    };
    const outcome = await amidTrigger(hostile, 'public.api_keys', async (client) => {
      const table = await openKeyTable(client, mapping);
      await revokeKey(client, table, '1', () => undefined);
    });
    await hostile.assertHarmless();
    expect(await hostile.ran()).toBe(false);
    expect(outcome).toBe('preflight-stopped');
  });
});

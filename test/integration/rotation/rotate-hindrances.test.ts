import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { base64Column, base64, openBase64 } from '#test/support/databases/foreign-database';
import { KeelFolder, type RunOptions } from '#test/support/processes/keel-process';
import { connectPlainly, createTestDatabase, urlOf } from '#test/support/postgres/test-database';

/** A database with one encrypted column, `vault.s`, and something in the way that only its admin would know of. */
async function prepare(setup = '') {
  const database = await createTestDatabase();
  const folder = await KeelFolder.create();
  const { client } = database;
  const [from, to] = [randomBytes(32), randomBytes(32)];
  await client.query(`CREATE TABLE vault (id int PRIMARY KEY, s text, hash text, n int DEFAULT 0)`);
  for (let i = 1; i <= 20; i++) {
    const cell = base64(`{"password": "secret number ${i}"}`, from);
    await client.query('INSERT INTO vault VALUES ($1, $2, md5($2))', [i, cell]);
  }
  await client.query(setup);
  const column = base64Column();
  const args = [
    ...['rotate', '--json', '--yes', '--accept', 'other-sessions'],
    ...[
      '--inventory',
      await folder.file('inventory.json', JSON.stringify({ version: 1, columns: [column] })),
    ],
    ...['--from-key-file', await folder.file('from.key', from.toString('base64'))],
    ...['--to-key-file', await folder.file('to.key', to.toString('base64'))],
  ];
  const rotateAs = (url: string, more: readonly string[] = [], options?: RunOptions) =>
    folder.run([...args, '--database', url, ...more], options);
  return {
    client,
    url: database.url,
    name: database.name,
    rotateAs,
    rotate: (more: readonly string[] = [], options?: RunOptions) => rotateAs(database.url, more, options),
    recover: () =>
      folder.run(['recover', '--json', '--database', database.url, '--keep-keys-in', 'own-files']),
    /** How many values each key opens. */
    opened: async () => {
      const { rows } = await client.query('SELECT s FROM vault');
      const count = (key: Buffer) => rows.filter(({ s }) => openBase64(s, key).startsWith('{"pass')).length;
      return { from: count(from), to: count(to) };
    },
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

const none = { from: 20, to: 0 };
const all = { from: 0, to: 20 };

/** An event trigger that refuses commands of these tags, under a condition on its variables. */
const refuses = (tags: readonly string[], event = 'ddl_command_start', condition = 'true') => `
  CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN IF ${condition} THEN RAISE EXCEPTION 'no % here', tg_tag; END IF; END $$;
  CREATE EVENT TRIGGER policy ON ${event} WHEN tag IN (${tags.map((tag) => `'${tag}'`).join(', ')})
    EXECUTE FUNCTION refuse()`;

describe.concurrent('where an event trigger', () => {
  test.for([
    ['the schema', refuses(['CREATE SCHEMA'])],
    [
      'tables that stay',
      refuses(
        ['CREATE TABLE', 'CREATE TABLE AS'],
        'ddl_command_end',
        `EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE schema_name <> 'pg_temp')`,
      ),
    ],
    ['dropping tables', refuses(['DROP TABLE'])],
  ] as const)('refuses %s, rows are staged in temporary tables', async ([, setup]) => {
    await using scene = await prepare(setup);
    expect(await scene.rotate()).toMatchObject({ status: 0, json: { rotation: { rows: 20 } } });
    expect(await scene.opened()).toEqual(all);
    expect((await scene.client.query(`SELECT FROM pg_namespace WHERE nspname = 'keel'`)).rows).toEqual([]);
    expect(await scene.recover()).toMatchObject({ status: 0, json: { ok: true, dropped: 0 } });
  });

  test('refuses any table, preflight says that there is no place and names it', async () => {
    await using scene = await prepare(refuses(['CREATE TABLE']));
    const run = await scene.rotate(['--rehearse']);
    expect(run).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
    expect(run.json.error.message).toMatch(/policy\) blocks .*\[staging\]/);
    expect(run.json.error.remedy).toContain('ALTER EVENT TRIGGER');
  });

  test('refuses ALTER TABLE, triggers that could not be switched off stop the rotation, or fire knowingly', async () => {
    await using scene = await prepare(`
      CREATE FUNCTION count_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.n = old.n + 1; RETURN new; END $$;
      CREATE TRIGGER counted BEFORE UPDATE ON vault FOR EACH ROW EXECUTE FUNCTION count_up();
      ${refuses(['ALTER TABLE'])}`);
    const run = await scene.rotate();
    expect(run).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
    expect(run.json.error.message).toMatch(/event trigger blocks the ALTER TABLE.*\[triggers\]/);
    expect(await scene.opened()).toEqual(none);
    expect(await scene.rotate(['--accept', 'triggers'])).toMatchObject({ status: 0 });
    expect(await scene.opened()).toEqual(all);
  });

  test.for([
    ['a notice', `RAISE NOTICE 'somebody ran %', tg_tag`],
    ['a line in a table', 'INSERT INTO public.ddl_log VALUES (tg_tag)'],
  ])('only leaves %s of what is altered, triggers are off while rows are rewritten', async ([, act]) => {
    await using scene = await prepare(`
      CREATE TABLE ddl_log (tag text);
      CREATE FUNCTION count_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.n = old.n + 1; RETURN new; END $$;
      CREATE TRIGGER counted BEFORE UPDATE ON vault FOR EACH ROW EXECUTE FUNCTION count_up();
      CREATE FUNCTION tell() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN ${act}; END $$;
      CREATE EVENT TRIGGER telling ON ddl_command_end EXECUTE FUNCTION tell()`);
    expect(await scene.rotate()).toMatchObject({ status: 0, json: { rotation: { rows: 20 } } });
    expect(await scene.opened()).toEqual(all);
    expect((await scene.client.query('SELECT sum(n)::int AS n FROM vault')).rows).toEqual([{ n: 0 }]);
  });

  test('refuses the journal alone, the rehearsal meets it', async () => {
    await using scene = await prepare(
      refuses(
        ['CREATE TABLE'],
        'ddl_command_end',
        `EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'keel.rotation')`,
      ),
    );
    const run = await scene.rotate(['--rehearse']);
    expect(run.json.error.message).toMatch(/journal keel\.rotation: no CREATE TABLE here/);
    expect(run.json.error.remedy).toContain('ALTER EVENT TRIGGER');
  });

  test('comes to refuse drops while rows are rewritten, the staging tables stay, and that is said', async () => {
    await using scene = await prepare();
    const holder = await connectPlainly(scene.url);
    await holder.query('BEGIN; LOCK TABLE vault IN ROW EXCLUSIVE MODE');
    let refused: Promise<unknown> | undefined;
    const onTalk = (talk: string) => {
      if (talk.includes('locking …'))
        refused ??= scene.client.query(refuses(['DROP TABLE'])).then(() => holder.query('COMMIT'));
    };
    const run = await scene.rotate(['--lock-timeout', '50000'], { onTalk });
    await holder.end();
    expect(run).toMatchObject({ status: 0, json: { rotation: { rows: 20 } } });
    const { tables, reason } = run.json.rotation.undropped;
    expect(tables).toEqual(expect.arrayContaining([expect.stringMatching(/^keel\.staged_[0-9a-f]{8}_0$/)]));
    expect(reason).toContain('no DROP TABLE here');
    expect(await scene.opened()).toEqual(all);
    expect(await scene.recover()).toMatchObject({
      status: 0,
      json: { ok: true, dropped: 0, undropped: { tables }, active: { verdict: 'correct' } },
    });
    await scene.client.query('DROP EVENT TRIGGER policy');
    expect(await scene.recover()).toMatchObject({ status: 0, json: { dropped: tables.length } });
  });
});

describe.concurrent('a role', () => {
  test('that may create neither the schema nor temporary tables is told so by preflight', async () => {
    await using scene = await prepare();
    const role = `role_${randomBytes(4).toString('hex')}`;
    await scene.client.query(`REVOKE TEMPORARY ON DATABASE ${scene.name} FROM PUBLIC;
      CREATE ROLE ${role} LOGIN PASSWORD 'pass'; GRANT SELECT, UPDATE ON vault TO ${role}`);
    const login = urlOf(scene.url, scene.name, { user: role, password: 'pass' });
    const run = await scene.rotateAs(login, ['--rehearse']);
    await scene.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    expect(run).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
    expect(run.json.error.message).toMatch(/rows cannot be staged anywhere.*\[staging\]/);
    expect(run.json.error.remedy).toContain('grant the role TEMPORARY');
  });

  test('does not use a schema keel that belongs to another one', async () => {
    await using scene = await prepare();
    const [owner, guest] = ['owner', 'guest'].map((what) => `${what}_${randomBytes(4).toString('hex')}`);
    await scene.client.query(`CREATE ROLE ${owner}; CREATE ROLE ${guest} LOGIN PASSWORD 'pass';
      CREATE SCHEMA keel AUTHORIZATION ${owner}; GRANT ALL ON SCHEMA keel TO ${guest};
      ALTER TABLE vault OWNER TO ${guest}`);
    const login = urlOf(scene.url, scene.name, { user: guest as string, password: 'pass' });
    const run = await scene.rotateAs(login);
    expect(run).toMatchObject({ status: 0, json: { ok: true } });
    const { rows } = await scene.client.query(
      `SELECT FROM pg_class WHERE relnamespace = 'keel'::regnamespace`,
    );
    expect(rows).toEqual([]);
    expect(await scene.opened()).toEqual(all);
    await scene.client.query(`ALTER TABLE vault OWNER TO CURRENT_USER; DROP SCHEMA keel;
      DROP OWNED BY ${guest}; DROP ROLE ${owner}, ${guest}`);
  });
});

describe.concurrent('a table keel.rotation', () => {
  const ours = `CREATE SCHEMA keel; CREATE TABLE keel.rotation (id uuid PRIMARY KEY, from_key text NOT NULL, to_key text NOT NULL,
    xid xid8 NOT NULL, row_count int8 NOT NULL, committed_at timestamptz NOT NULL DEFAULT clock_timestamp())`;

  test.for([
    ['of another shape', 'CREATE SCHEMA keel; CREATE TABLE keel.rotation (id int)'],
    ['that is a view', 'CREATE SCHEMA keel; CREATE VIEW keel.rotation AS SELECT 1 AS id'],
    [
      'with a trigger',
      `${ours}; CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
       CREATE TRIGGER nothing BEFORE INSERT ON keel.rotation FOR EACH ROW EXECUTE FUNCTION nothing()`,
    ],
    ['with a constraint of somebody’s', `${ours}; ALTER TABLE keel.rotation ADD CHECK (row_count < 5)`],
    [
      'with another default',
      `${ours}; ALTER TABLE keel.rotation ALTER committed_at SET DEFAULT '2020-01-01'`,
    ],
  ] as const)('%s stops the rehearsal, and does not disturb recover', async ([, setup]) => {
    await using scene = await prepare(setup);
    const run = await scene.rotate(['--rehearse']);
    expect(run).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
    expect(run.json.error.message).toMatch(/keel\.rotation .*\[journal\]/);
    expect(run.json.error.remedy).toContain('RENAME');
    expect(await scene.recover()).toMatchObject({ status: 0, json: { ok: true } });
  });

  test('of another role stops the rehearsal of one that cannot stand in for it', async () => {
    await using scene = await prepare(ours);
    const role = `role_${randomBytes(4).toString('hex')}`;
    await scene.client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pass'; ALTER SCHEMA keel OWNER TO ${role};
      GRANT SELECT, INSERT ON keel.rotation TO ${role}; ALTER TABLE vault OWNER TO ${role}`);
    const login = urlOf(scene.url, scene.name, { user: role, password: 'pass' });
    const run = await scene.rotateAs(login, ['--rehearse']);
    await scene.client.query(`ALTER TABLE vault OWNER TO CURRENT_USER; ALTER SCHEMA keel OWNER TO CURRENT_USER;
      DROP OWNED BY ${role}; DROP ROLE ${role}`);
    expect(run.json.error.message).toMatch(/belongs to another role.*\[journal\]/);
  });

  test('is written by a rehearsal too, and rolled back with it', async () => {
    await using scene = await prepare(ours);
    expect(await scene.rotate(['--rehearse'])).toMatchObject({ status: 0 });
    expect((await scene.client.query('SELECT FROM keel.rotation')).rows).toHaveLength(0);
    expect(await scene.rotate()).toMatchObject({ status: 0 });
    expect((await scene.client.query('SELECT FROM keel.rotation')).rows).toHaveLength(1);
  });
});

describe.concurrent('a constraint', () => {
  test.for([
    ['that ties the ciphertext to its hash', 'ADD CONSTRAINT guard CHECK (hash = md5(s))', 'compares'],
    ['that old rows break', 'ADD CONSTRAINT guard CHECK (n > 0) NOT VALID', 'NOT VALID'],
  ] as const)('%s is named by the rehearsal, with what to do', async ([, add, why]) => {
    await using scene = await prepare(`ALTER TABLE vault ${add}`);
    const run = await scene.rotate(['--rehearse']);
    expect(run).toMatchObject({ status: 4, json: { error: { code: 'write-refused' } } });
    expect(run.json.error.message).toMatch(/“guard” on public\.vault .*nothing was changed/);
    expect(run.json.error.message).toContain(why);
    expect(run.json.error.message).not.toContain('Failing row');
    expect(run.json.error.remedy).toContain('DROP CONSTRAINT');
    expect(await scene.opened()).toEqual(none);
  });

  test('that would only be checked by COMMIT is met by the rehearsal', async () => {
    await using scene = await prepare(`
      ALTER TABLE vault ADD known int GENERATED ALWAYS AS (CASE WHEN hash = md5(s) THEN id ELSE 0 END) STORED,
        ADD CONSTRAINT guard UNIQUE (known) DEFERRABLE INITIALLY DEFERRED`);
    const run = await scene.rotate(['--rehearse']);
    expect(run).toMatchObject({ status: 4, json: { error: { code: 'write-refused' } } });
    expect(run.json.error.message).toContain('“guard” on public.vault');
  });
});

test('a partition on another server stops the rotation by its name, and is not taken for a half-done one', async () => {
  await using scene = await prepare();
  const { port, username, password } = new URL(scene.url);
  await scene.client.query(`
    ALTER TABLE vault RENAME TO away; ALTER TABLE away DROP CONSTRAINT vault_pkey;
    CREATE EXTENSION postgres_fdw;
    CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '${port}', dbname '${scene.name}');
    CREATE USER MAPPING FOR CURRENT_USER SERVER elsewhere OPTIONS (user '${username}', password '${password}');
    CREATE TABLE vault (id int, s text, hash text, n int) PARTITION BY RANGE (id);
    CREATE TABLE vault_here PARTITION OF vault FOR VALUES FROM (0) TO (6);
    INSERT INTO vault SELECT * FROM away WHERE id < 6; DELETE FROM away WHERE id < 6;
    CREATE FOREIGN TABLE vault_away PARTITION OF vault DEFAULT SERVER elsewhere OPTIONS (table_name 'away')`);
  expect(await scene.opened()).toEqual(none);
  const run = await scene.rotate(['--rehearse']);
  expect(run).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
  expect(run.json.error.message).toMatch(/public\.vault_away \[foreign-partitions\]/);
  expect(run.json.error.message).not.toContain('new key');
});

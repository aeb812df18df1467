import { describe, expect, test } from 'vitest';
import { type Hostile, prepareHostile } from '#test/support/databases/hostile';

/** Reads the database as a superuser, by samples and by the census of a rotation, and rotates. */
async function goThrough({ vault }: Hostile) {
  const key = ['--key-file', vault.keyFiles.from];
  const out = `${vault.folder.path}/found.json`;
  const discovered = await vault.run(['discover', ...key, '--out', out]);
  const rotated = await vault.rotate();
  return { discovered, rotated };
}

/** Leaves code behind that runs once the statement, and any function around it, is over. */
const leavingBehind = `
  CREATE TABLE bait (n int);
  CREATE CONSTRAINT TRIGGER later AFTER INSERT ON bait DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION evil_trigger();
  CREATE FUNCTION leave_behind(anyelement) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    SET CONSTRAINTS ALL DEFERRED; INSERT INTO public.bait VALUES (1);
    BEGIN EXECUTE 'DECLARE c CURSOR WITH HOLD FOR SELECT public.evil(1)'; EXCEPTION WHEN OTHERS THEN NULL; END;
    RETURN true;
  END $$`;

describe.concurrent('what a role without rights hung on its table, and an update would run, stops a superuser', () => {
  test.for([
    ['a check', 'ALTER TABLE vault ADD CONSTRAINT guard CHECK (evil(n))'],
    [
      'a check that leaves a deferred trigger and a cursor behind',
      `${leavingBehind}; ALTER TABLE vault ADD CONSTRAINT guard CHECK (leave_behind(n))`,
    ],
    [
      'a check of the server’s own functions that run any SQL',
      `CREATE FUNCTION attacked() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM public.attack(); RETURN 1; END $$;
       ALTER TABLE vault ADD CHECK (query_to_xml('SELECT public.attacked()', true, true, '') IS NOT NULL)`,
    ],
    [
      'a check beside a deferred constraint of exclusion',
      'ALTER TABLE vault ADD CONSTRAINT apart EXCLUDE USING btree (id WITH =) DEFERRABLE INITIALLY DEFERRED, ADD CONSTRAINT guard CHECK (evil(s))',
    ],
    ['a computed column', 'ALTER TABLE vault ADD made boolean GENERATED ALWAYS AS (evil(s)) STORED'],
    [
      'a domain of the column',
      'CREATE DOMAIN sealed AS text CHECK (evil(VALUE)); ALTER TABLE vault ALTER s TYPE sealed',
    ],
    [
      'a domain of the column, which may get a check at any time',
      'CREATE DOMAIN sealed AS text; ALTER TABLE vault ALTER s TYPE sealed',
    ],
    [
      'a check that casts to a domain',
      'CREATE DOMAIN sealed AS text; ALTER TABLE vault ADD CHECK (s::sealed IS NOT NULL)',
    ],
    [
      'the distance of a range type, in an index',
      `CREATE FUNCTION apart(int, int) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM public.attack(); RETURN $1 - $2; END $$;
       CREATE TYPE span AS RANGE (subtype = int, subtype_diff = apart); CREATE INDEX by_span ON vault USING gist (span(n, n + 1))`,
    ],
  ] as const)('%s', async ([, sql]) => {
    await using hostile = await prepareHostile(() => sql);
    const { rotated } = await goThrough(hostile);
    await hostile.assertHarmless();
    expect(await hostile.ran()).toBe(false);
    expect(rotated).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
    expect(rotated.json.error.message).toContain(`of ${hostile.role}`);
    expect(rotated.json.error.message).toContain('[code-of-others]');
    expect(rotated.json.error.remedy).toContain(`log in as ${hostile.role}`);
    expect(await hostile.vault.opened()).toEqual({ from: 20, to: 0 });
  });

  test('and not the role itself, which logs in and rotates its table', async () => {
    await using hostile = await prepareHostile(
      () => 'ALTER TABLE vault ADD CONSTRAINT guard CHECK (evil(n))',
    );
    const { vault, ownUrl } = hostile;
    const rotated = await vault.rotate([], {}, ownUrl);
    expect(rotated).toMatchObject({ status: 0 });
    expect(await hostile.ran()).toBe(true);
    expect(await vault.opened()).toEqual({ from: 0, to: 20 });
  });
});

describe.concurrent('what a role without rights hung on its table does not run at all, where a superuser rotates', () => {
  test.for([
    ['a trigger', 'CREATE TRIGGER t BEFORE UPDATE ON vault FOR EACH ROW EXECUTE FUNCTION evil_trigger()'],
    ['a default', 'ALTER TABLE vault ADD made text DEFAULT evil_text(1::text)'],
    [
      'a domain of the key',
      `CREATE DOMAIN numbered AS int CHECK (evil(VALUE)); ALTER TABLE vault ALTER id TYPE numbered`,
    ],
    ['a policy', 'ALTER TABLE vault ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON vault USING (evil(n))'],
    ['a view', 'CREATE VIEW shown AS SELECT evil_text(s) AS s FROM vault'],
  ] as const)('%s', async ([, sql]) => {
    await using hostile = await prepareHostile(() => sql);
    const { rotated } = await goThrough(hostile);
    expect(rotated.json.error).toBeUndefined();
    await hostile.assertHarmless();
    expect(await hostile.ran()).toBe(false);
    expect(await hostile.vault.opened()).toEqual({ from: 0, to: 20 });
  });
});

describe.concurrent('what would run as rows are read, or with more rights than its owner, stops a superuser', () => {
  test.for([
    ['an index over a constant', `CREATE INDEX by_evil ON vault ((evil(1) AND n > 0))`],
    ['a partial index', `CREATE INDEX by_evil ON vault (id) WHERE evil(1)`],
    ['statistics', `CREATE STATISTICS by_evil ON (evil(1)), (evil(n)) FROM vault`],
    [
      'a cast of the column’s type',
      `CREATE TYPE pair AS (a text, b text); CREATE FUNCTION evil_cast(pair) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM public.attack(); RETURN ($1).a; END $$;
       CREATE CAST (pair AS text) WITH FUNCTION evil_cast(pair); ALTER TABLE vault ADD both_parts pair; UPDATE vault SET both_parts = ('a', s)`,
    ],
  ] as const)('%s', async ([, sql]) => {
    await using hostile = await prepareHostile(() => sql);
    const { discovered, rotated } = await goThrough(hostile);
    await hostile.assertHarmless();
    expect(await hostile.ran()).toBe(false);
    expect(JSON.stringify(discovered.json)).toContain(`of ${hostile.role}`);
    expect(rotated).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
    expect(rotated.json.error.message).toContain(`of ${hostile.role}`);
    expect(rotated.json.error.remedy).toMatch(/log in as|connect as/);
    expect(await hostile.vault.opened()).toEqual({ from: 20, to: 0 });
  });

  test('a check of a superuser’s table that calls the function of another role', async () => {
    await using hostile = await prepareHostile(() => 'GRANT EXECUTE ON FUNCTION evil(anyelement) TO PUBLIC');
    const admin = await hostile.vault.connect();
    await admin.query(
      'ALTER TABLE vault OWNER TO CURRENT_USER; ALTER TABLE vault ADD CONSTRAINT guard CHECK (evil(n)) NOT VALID',
    );
    await hostile.own.query('TRUNCATE seen');
    const { rotated } = await goThrough(hostile);
    await hostile.assertHarmless();
    expect(rotated).toMatchObject({ status: 4 });
    expect(rotated.json.error.message).toMatch(/with more privileges than its owner has.*\[code-of-others\]/);
    await admin.query('ALTER TABLE vault DROP CONSTRAINT guard');
    await admin.end();
  });

  test('an event trigger whose function is another role’s', async () => {
    await using hostile = await prepareHostile(
      () =>
        `CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.attack(); END $$`,
    );
    const admin = await hostile.vault.connect();
    await admin.query('CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION public.on_ddl()');
    const { rotated } = await goThrough(hostile);
    await hostile.assertHarmless();
    expect(rotated).toMatchObject({ status: 4 });
    expect(rotated.json.error.message).toContain('watching (on_ddl of');
    await admin.query('DROP EVENT TRIGGER watching');
    await admin.end();
  });
});

describe.concurrent('a schema keel that another role prepared', () => {
  const table = `CREATE SCHEMA keel; CREATE TABLE keel.rotation (id uuid PRIMARY KEY, from_key text NOT NULL, to_key text NOT NULL,
    xid xid8 NOT NULL, row_count int8 NOT NULL, committed_at timestamptz NOT NULL DEFAULT clock_timestamp())`;

  test.for([
    ['with a journal as ours', table],
    [
      'with a trigger on the journal',
      `${table}; CREATE TRIGGER t BEFORE INSERT ON keel.rotation FOR EACH ROW EXECUTE FUNCTION evil_trigger()`,
    ],
    ['with a default', `${table}; ALTER TABLE keel.rotation ALTER from_key SET DEFAULT evil_text('a')`],
    ['with a check', `${table}; ALTER TABLE keel.rotation ADD CHECK (evil(row_count))`],
    ['with a rule', `${table}; CREATE RULE r AS ON INSERT TO keel.rotation DO ALSO SELECT attack()`],
    [
      'with a policy',
      `${table}; ALTER TABLE keel.rotation ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON keel.rotation WITH CHECK (evil(1))`,
    ],
    ['with an heir', `${table}; CREATE TABLE heir () INHERITS (keel.rotation)`],
    [
      'with a view for a journal',
      'CREATE SCHEMA keel; CREATE VIEW keel.rotation AS SELECT evil_text(s) AS id FROM vault',
    ],
  ] as const)('%s is not used by a superuser, and runs nothing', async ([, sql]) => {
    await using hostile = await prepareHostile(() => sql);
    const { rotated } = await goThrough(hostile);
    await hostile.assertHarmless();
    expect(await hostile.ran()).toBe(false);
    expect(rotated).toMatchObject({ status: 0 });
    expect(await hostile.vault.records()).toMatchObject([{ cutover: { place: 'temporary' } }]);
    expect(await hostile.vault.opened()).toEqual({ from: 0, to: 20 });
  });
});

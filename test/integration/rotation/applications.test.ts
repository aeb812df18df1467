import { describe, expect, test } from 'vitest';
import { keyClassOf, makeKeyText } from '#schemes/key-class';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import {
  allVectors,
  holdsNothing,
  otherReadersLacking,
  readByOthers,
  type Vector,
} from '#test/support/schemes/vectors';

/** Applications with a form of each kind: parts, columns, documents, bytes, tokens, salts and plain CFB. */
const tried = [
  'n8n',
  'flowise',
  'langfuse',
  'typebot',
  'airweave',
  'airflow',
  'posthog',
  'laravel',
  'activepieces',
  'outline',
  'hoppscotch',
  'documenso',
  'semaphore',
  'directus',
  'harbor',
  'zitadel',
  'grafana',
  'plausible',
  'litellm',
  'trigger-dev',
  'formbricks',
  'lobehub',
  'plane',
  'postiz',
];

const target = (database: TestDatabase) => ['--database', database.url, '--json'];
const consent = ['--yes', '--accept', 'other-sessions'];

function vectorsOf(application: string): Vector[] {
  const all = allVectors().filter((vector) => vector.application === application && !holdsNothing(vector));
  return all.filter(({ key, scheme }) => key === all[0]?.key && scheme === all[0]?.scheme);
}

/** A table as the application might have it: its ciphertexts, and columns and rows that are none of them. */
async function fill(database: TestDatabase, vectors: readonly Vector[]): Promise<void> {
  const { ciphertext } = vectors[0] as Vector;
  const texts = typeof ciphertext === 'string' ? { secret: ciphertext } : ciphertext;
  const isDocument = typeof ciphertext === 'string' && ciphertext.startsWith('{');
  const columns = Object.entries(texts).map(
    ([name, text]) => `"${name}" ${text?.startsWith('\\x') ? 'bytea' : isDocument ? 'jsonb' : 'text'}`,
  );
  await database.client.query(
    `CREATE TABLE store (id int PRIMARY KEY, note text, ${columns.join(', ')}, made timestamptz DEFAULT now());
     CREATE TABLE other (id int PRIMARY KEY, words text);
     INSERT INTO other SELECT i, 'nothing secret, number ' || i FROM generate_series(1, 20) i`,
  );
  for (let i = 0; i < 3 * vectors.length; i++) {
    const vector = vectors[i % vectors.length] as Vector;
    const values =
      typeof vector.ciphertext === 'string' ? [vector.ciphertext] : Object.values(vector.ciphertext);
    const places = values.map((_, place) => `$${place + 3}`);
    await database.client.query(`INSERT INTO store VALUES ($1, $2, ${places.join(', ')})`, [
      i,
      `row ${i}`,
      ...values,
    ]);
  }
}

interface Row {
  readonly id: number;
  readonly around: string;
  readonly ciphertext: Vector['ciphertext'];
}

async function readRows({ client }: TestDatabase): Promise<Row[]> {
  const { rows } = await client.query('SELECT * FROM store ORDER BY id');
  return rows.map(({ id, note, made, ...cells }) => {
    const texts = Object.fromEntries(
      Object.entries(cells).map(([name, cell]) => {
        if (Buffer.isBuffer(cell)) return [name, `\\x${cell.toString('hex')}`];
        return [name, typeof cell === 'string' ? cell : JSON.stringify(cell)];
      }),
    );
    const ciphertext = 'secret' in texts ? (texts['secret'] as string) : texts;
    return { id, around: `${note} ${made.toISOString()}`, ciphertext };
  });
}

type Leaves = (readonly [place: string, ciphertext: string])[];

/** The strings of all documents, with where they stand. */
function leavesOf(rows: readonly Row[]): Leaves {
  const leaves: Leaves = [];
  const walk = (place: string, value: unknown) => {
    if (typeof value === 'string') leaves.push([place, value]);
    else for (const [name, one] of Object.entries(value ?? {})) walk(`${place} ${name}`, one);
  };
  for (const { id, ciphertext } of rows) walk(String(id), JSON.parse(ciphertext as string));
  return leaves;
}

/** What others read of every row, as text. */
function plaintexts(rows: readonly Row[], { application, scheme }: Vector, key: string): (string | null)[] {
  return readByOthers(rows.map(({ ciphertext }) => ({ application, scheme, ciphertext, key }))).map((hex) =>
    hex === null ? null : Buffer.from(hex, 'hex').toString('utf8'),
  );
}

describe.for(tried)('a database of %s', (application) => {
  test(`goes to a new key of the same class and back, and nothing else in its rows changes${otherReadersLacking}`, async ({
    skip,
  }) => {
    skip(otherReadersLacking !== '');
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const vectors = vectorsOf(application);
    const [first] = vectors as [Vector];
    await fill(database, vectors);
    const fromFile = await folder.file('from.key', `${first.key}\n`);
    const to = makeKeyText(keyClassOf(Buffer.from(first.key))).toString();
    const toFile = await folder.file('to.key', `${to}\n`);
    const named = ['--application', application];
    const before = await readRows(database);
    const expected = before.map(({ id }) => (vectors[id % vectors.length] as Vector).plaintext);
    expect(plaintexts(before, first, first.key)).toEqual(expected);

    const proven = await folder.run(['prove', ...target(database), ...named, '--key-file', fromFile]);
    expect(proven).toMatchObject({ status: 0, json: { ok: true, verdict: 'correct' } });
    const keys = ['--from-key-file', fromFile, '--to-key-file', toFile];
    const rotated = await folder.run(['rotate', ...target(database), ...named, ...keys, ...consent]);
    expect(rotated).toMatchObject({ status: 0, json: { ok: true } });
    const after = await readRows(database);
    expect(plaintexts(after, first, to)).toEqual(expected);
    expect(after.map(({ around }) => around)).toEqual(before.map(({ around }) => around));
    expect(after.map(({ ciphertext }) => ciphertext)).not.toEqual(before.map(({ ciphertext }) => ciphertext));

    const undone = await folder.run(['undo', ...target(database), ...consent]);
    expect(undone).toMatchObject({ status: 0, json: { ok: true } });
    const back = await readRows(database);
    expect(plaintexts(back, first, first.key)).toEqual(expected);
    expect(back.map(({ around }) => around)).toEqual(before.map(({ around }) => around));
  });
});

describe('a database of another application', () => {
  test('stays as it is under a wrong key, a key of another class, and where a value is damaged', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const vectors = vectorsOf('langfuse');
    const { key } = vectors[0] as Vector;
    await fill(database, vectors);
    const fromFile = await folder.file('from.key', key);
    const toFile = await folder.file('to.key', 'ab12'.repeat(16));
    const wrongFile = await folder.file('wrong.key', 'cd34'.repeat(16));
    const otherClass = await folder.file('class.key', 'ab12'.repeat(8));
    const rotate = (from: string, to: string, ...more: string[]) =>
      folder.run([
        ...['rotate', ...target(database), '--application', 'langfuse', ...consent],
        ...['--from-key-file', from, '--to-key-file', to, ...more],
      ]);
    const before = await readRows(database);
    expect(await rotate(wrongFile, toFile)).toMatchObject({
      status: 4,
      json: { error: { code: 'key-wrong' } },
    });
    expect(await rotate(fromFile, otherClass)).toMatchObject({ json: { error: { code: 'key-malformed' } } });
    expect(await readRows(database)).toEqual(before);

    await database.client.query(
      `UPDATE store SET secret = left(secret, -2) || CASE WHEN right(secret, 2) = '00' THEN '11' ELSE '00' END WHERE id = 1`,
    );
    const damaged = await readRows(database);
    const stopped = await rotate(fromFile, toFile);
    expect(stopped).toMatchObject({ status: 4, json: { ok: false } });
    expect(JSON.stringify(stopped.json)).toContain('1 of 12');
    expect(await readRows(database)).toEqual(damaged);
    const excluded = await rotate(fromFile, toFile, '--exclude', 'store.secret');
    expect(excluded).toMatchObject({ status: 0 });
    const after = await readRows(database);
    expect(
      after.filter(({ ciphertext }, i) => ciphertext === damaged[i]?.ciphertext).map(({ id }) => id),
    ).toEqual([1]);
  });

  test('with values under the key beside the inventory is not rotated', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const vectors = vectorsOf('airweave');
    const { key } = vectors[0] as Vector;
    await fill(database, vectors);
    const files = [
      ...['--from-key-file', await folder.file('from.key', key)],
      ...['--to-key-file', await folder.file('to.key', makeKeyText(keyClassOf(Buffer.from(key))).toString())],
    ];
    const inventory = `${folder.path}/inventory.json`;
    const named = ['--application', 'airweave'];
    await folder.run([
      'discover',
      ...target(database),
      ...named,
      '--key-file',
      files[1] as string,
      '--out',
      inventory,
    ]);
    await database.client.query(
      `CREATE TABLE copy AS SELECT id, secret FROM store; ALTER TABLE copy ADD PRIMARY KEY (id)`,
    );
    const stopped = await folder.run([
      ...['rotate', ...target(database), ...named, ...files, ...consent, '--inventory', inventory],
    ]);
    expect(stopped).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
    expect(JSON.stringify(stopped.json)).toContain('public.copy.secret');
    const left = await folder.run([
      ...['rotate', ...target(database), ...named, ...files, ...consent, '--inventory', inventory],
      ...['--leave', 'copy.secret'],
    ]);
    expect(left).toMatchObject({ status: 0 });
  });

  test('is named by what its values begin with or how they are written, with a key of Ballast and without one', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    for (const application of ['airweave', 'n8n', 'laravel', 'langfuse', 'directus']) {
      await database.client.query(`CREATE TABLE "${application}" (id serial PRIMARY KEY, secret text)`);
      for (const { ciphertext } of vectorsOf(application))
        await database.client.query(`INSERT INTO "${application}" (secret) VALUES ($1)`, [ciphertext]);
    }
    const ballast = await folder.file('ballast.key', Buffer.alloc(32, 'keel test').toString('base64'));
    const names = {
      airweave: 'Airweave',
      n8n: 'n8n',
      laravel: 'Coolify',
      langfuse: 'Langfuse',
      directus: 'Directus',
    };
    for (const key of [[], ['--key-file', ballast]]) {
      const { json } = await folder.run(['discover', ...target(database), ...key]);
      expect(json.inventory.columns).toEqual([]);
      const said = new Map(json.unopened.map(({ entry, why }: any) => [entry.table, why]));
      for (const [table, name] of Object.entries(names)) expect(said.get(table)).toContain(name);
    }
    const { json } = await folder.run(['census', ...target(database), '--key-file', ballast]);
    const undecided = new Map(json.undecided.map(({ table, why }: any) => [table, why]));
    for (const [table, name] of Object.entries(names)) expect(undecided.get(table)).toContain(name);
    const proven = await folder.run(['prove', ...target(database), '--key-file', ballast]);
    expect(proven.status).toBe(3);
    expect(proven.json.foreign.map(({ table }: any) => table).sort()).toEqual(Object.keys(names).sort());
  });

  test('gets a new key that is written like the old one', async () => {
    await using folder = await KeelFolder.create();
    const old = await folder.file('old.key', `${'5d58'.repeat(8)}\n`);
    const made = await folder.run([
      ...['key', 'generate', '--json', '--application', 'activepieces', '--like-file', old],
      ...['--out', `${folder.path}/new.key`],
    ]);
    expect(made).toMatchObject({ status: 0, json: { key: { writtenAs: '32 hexadecimal digits' } } });
    const inspect = ['key', 'inspect', '--json', '--application', 'activepieces', '--key-file'];
    const inspected = await folder.run([...inspect, `${folder.path}/new.key`]);
    expect(inspected.json.key.fingerprint).toBe(made.json.key.fingerprint);
    const short = await folder.file('short.key', 'abc');
    expect(await folder.run([...inspect, short])).toMatchObject({
      status: 2,
      json: { error: { code: 'key-malformed' } },
    });
  });

  test(`has the leaves of its documents under a new key, each where it was${otherReadersLacking}`, async ({
    skip,
  }) => {
    skip(otherReadersLacking !== '');
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    // leaves of different depths are refused: no inventory can list both
    const vectors = vectorsOf('pulp').filter(({ kind }) => kind === 'short' || kind === 'url');
    const [first] = vectors as [Vector];
    await fill(database, vectors);
    const to = makeKeyText(keyClassOf(Buffer.from(first.key))).toString();
    const files = [
      ...['--from-key-file', await folder.file('from.key', first.key)],
      ...['--to-key-file', await folder.file('to.key', to)],
    ];
    const before = leavesOf(await readRows(database));
    const rotated = await folder.run([
      ...['rotate', ...target(database), '--application', 'pulp', ...files, ...consent],
    ]);
    expect(rotated).toMatchObject({ status: 0 });
    const after = leavesOf(await readRows(database));
    const read = (leaves: Leaves, key: string) =>
      readByOthers(
        leaves.map(([, ciphertext]) => ({ application: 'pulp', scheme: 'fernet', ciphertext, key })),
      );
    expect(after.map(([place]) => place)).toEqual(before.map(([place]) => place));
    expect(read(after, to)).toEqual(read(before, first.key));
    expect(read(after, to)).not.toContain(null);
  });

  test('that Keel does not rotate is refused with the reason and its own command', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const key = await folder.file('key', 'x'.repeat(32));
    const refused = await folder.run([
      ...['prove', ...target(database), '--application', 'coder', '--key-file', key],
    ]);
    expect(refused).toMatchObject({ status: 2, json: { error: { code: 'usage' } } });
    expect(refused.json.error.remedy).toContain('coder server dbcrypt rotate');
  });
});

import { createCipheriv, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeCensus } from '#census/census';
import { type Census, type CensusPlace, isComplete } from '#census/census-result';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase, type TestDatabase, urlOf } from '#test/support/postgres/test-database';

const key = randomBytes(32);
const secret = JSON.stringify({ host: 'db.example.org', user: 'reader', password: 'correct horse battery' });

function seal(text = secret, cipher = 'aes-256-cfb'): { iv: Buffer; body: Buffer; joined: Buffer } {
  const iv = randomBytes(16);
  const encipher = createCipheriv(cipher, key, iv);
  const body = Buffer.concat([encipher.update(text), encipher.final()]);
  return { iv, body, joined: Buffer.concat([iv, body]) };
}

const base64 = () => seal().joined.toString('base64');
const hex = () => seal().joined.toString('hex');
const base32 = (bytes: Buffer) => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
};
const apart = (write: (iv: Buffer, body: Buffer) => string) => () => {
  const { iv, body } = seal();
  return write(iv, body);
};

/** Thirty ways to hide a ciphertext in one cell of a column, by the type of the column. */
const hidden: readonly (readonly [type: string, cell: () => string])[] = [
  ['text', base64],
  ['varchar(2000)', () => seal().joined.toString('base64url')],
  ['text', hex],
  ['char(600)', () => hex().toUpperCase()],
  ['text', () => base32(seal().joined)],
  ['bytea', () => `\\x${hex()}`],
  ['bytea', () => `\\x${Buffer.from(base64()).toString('hex')}`],
  ['text', () => `ENC_${base64()}`],
  ['text', () => `v3:${base64().replace(/=+$/, '')}@k2`],
  ['text', () => `0x${hex()}`],
  ['text', apart((iv, body) => `${iv.toString('hex')}.${body.toString('hex')}`)],
  ['text', apart((iv, body) => `$ENC$k1$${iv.toString('base64')}$${body.toString('base64')}`)],
  ['text', apart((iv, body) => Buffer.concat([body, iv]).toString('base64'))],
  ['text', apart((_iv, body) => body.toString('base64'))],
  ['text', () => Buffer.concat([Buffer.from([1]), seal().joined]).toString('base64')],
  ['text', () => Buffer.concat([randomBytes(8), seal().joined]).toString('base64')],
  ['text', () => seal(secret, 'aes-256-cfb8').joined.toString('base64')],
  ['text', () => `user=svc;secret=${base64()};host=h`],
  ['text', () => `2026-11-01 12:00:00 INFO sync failed for token ${base64()} (retrying)`],
  ['text', () => `https://svc:${encodeURIComponent(base64())}@example.org/path?x=1`],
  ['xml', () => `<c><u>svc</u><p>${base64()}</p></c>`],
  ['json', () => JSON.stringify({ a: { b: [1, { c: base64() }] } }).replaceAll('/', '\\/')],
  ['jsonb', () => JSON.stringify(base64())],
  ['jsonb', () => JSON.stringify({ config: JSON.stringify({ token: base64() }) })],
  ['text[]', () => `{one,"${base64()}"}`],
  ['bytea[]', () => `{"\\\\x${hex()}"}`],
  ['cred', () => `(svc,${base64()})`],
  ['text', () => Buffer.from(JSON.stringify({ iv: 'x', value: base64() })).toString('base64')],
  ['text', () => (base64().match(/.{1,64}/g) ?? []).join('\n')],
  ['text', () => `-- dump\nINSERT INTO s VALUES ('${base64()}');`],
];

let database: TestDatabase;
let census: Census;
const byColumn = ({ column }: CensusPlace) => column;

beforeAll(async () => {
  database = await createTestDatabase();
  const { client } = database;
  await client.query('CREATE TYPE cred AS (u text, p text)');
  const columns = hidden.map(([type], i) => `c${i} ${type}`).join(', ');
  await client.query(`CREATE TABLE hiding (id int PRIMARY KEY, filler text, ${columns})`);
  await client.query(
    `INSERT INTO hiding (id, filler) SELECT g, 'row ' || g FROM generate_series(1, 1000) AS g`,
  );
  for (const [i, [, cell]] of hidden.entries()) {
    await client.query(`UPDATE hiding SET c${i} = $1 WHERE id = $2`, [cell(), 900 + i]);
  }
  await client.query('CREATE TABLE large (id int PRIMARY KEY, note text)');
  await client.query(
    `INSERT INTO large SELECT g, 'a note of row ' || g FROM generate_series(1, 1000000) AS g`,
  );
  await client.query('UPDATE large SET note = $1 WHERE id = 1000000', [`remember ${base64()}`]);
  const own = await ownSession(database.url);
  using tried = new EncryptionKey(Buffer.from(key));
  census = await takeCensus(own, { keys: [tried] }).finally(() => own.end());
}, 120_000);
afterAll(() => database?.[Symbol.asyncDispose]());

const ownSession = (url: string) => connect(parseDatabaseUrl(url), { applicationName: 'keel census test' });

describe('a census', () => {
  test.for(hidden.map(([type], i) => [`c${i}`, type] as const))(
    'finds the one value in column %s of type %s, and names its row',
    ([column]) => {
      const found = census.places.filter((place) => place.table === 'hiding' && place.column === column);
      expect(found).toMatchObject([{ schema: 'public', values: 1, certain: true, inInventory: false }]);
      expect(found[0]?.rows).toEqual([`id=${900 + Number(column.slice(1))}`]);
    },
  );

  test('finds one value in the last of a million rows', () => {
    expect(census.places.filter(({ table }) => table === 'large')).toMatchObject([
      { column: 'note', values: 1, certain: true, rows: ['id=1000000'] },
    ]);
  });

  test('finds nothing else, and says how much it read', () => {
    expect(census.places.map(byColumn).sort()).toEqual([...hidden.map((_, i) => `c${i}`), 'note'].sort());
    expect(census.unread).toEqual([]);
    expect(census.tables).toBe(2);
    expect(census.cells).toBe(1_000_000 + 1_000 + hidden.length);
  });

  test('names no place under a key that encrypted nothing', async () => {
    const own = await ownSession(database.url);
    using other = new EncryptionKey(randomBytes(32));
    const empty = await takeCensus(own, { keys: [other] }).finally(() => own.end());
    expect(empty.places).toEqual([]);
    expect(isComplete(empty)).toBe(true);
  });

  test('leaves the session as it was', async () => {
    const own = await ownSession(database.url);
    const settings = async () =>
      (await own.query("SELECT name, setting FROM pg_settings WHERE name <> 'transaction_isolation'")).rows;
    try {
      const before = await settings();
      using tried = new EncryptionKey(Buffer.from(key));
      await takeCensus(own, { keys: [tried] });
      expect(await settings()).toEqual(before);
    } finally {
      await own.end();
    }
  });

  test('ends when it is called off', async () => {
    const own = await ownSession(database.url);
    using tried = new EncryptionKey(Buffer.from(key));
    const controller = new AbortController();
    const taking = takeCensus(own, {
      keys: [tried],
      signal: controller.signal,
      onProgress: (bytes) => bytes > 1_000_000 && controller.abort(),
    });
    await expect(taking).rejects.toThrow();
    await own.end().catch(() => undefined);
  });
});

describe('what a role may not read', () => {
  test('is listed with its reason, and keeps the census from being complete', async () => {
    await using other = await createTestDatabase();
    const role = `reader_${other.name}`;
    await prepareBarred(other.client, role);
    try {
      const own = await ownSession(urlOf(other.url, other.name, { user: role, password: 'pw' }));
      using tried = new EncryptionKey(Buffer.from(key));
      const seen = await takeCensus(own, { keys: [tried] }).finally(() => own.end());
      expect(isComplete(seen)).toBe(false);
      expect(seen.places).toMatchObject([{ table: 'partly', column: 'secret', values: 1 }]);
      const unread = seen.unread.map(({ table, column = '' }) => `${table} ${column}`.trim()).sort();
      expect(unread).toEqual(['barred', 'hidden', 'partly other']);
      for (const { reason } of seen.unread) expect(reason).not.toBe('');
    } finally {
      await other.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});

async function prepareBarred(client: pg.Client, role: string): Promise<void> {
  await client.query(`
    CREATE ROLE ${role} LOGIN PASSWORD 'pw';
    CREATE TABLE barred (id int PRIMARY KEY, secret text);
    CREATE TABLE partly (id int PRIMARY KEY, secret text, other text);
    CREATE TABLE hidden (id int PRIMARY KEY, secret text);
    ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
    GRANT SELECT (id, secret) ON partly TO ${role};
    GRANT SELECT ON hidden TO ${role}`);
  await client.query('INSERT INTO partly VALUES (1, $1, $2)', [base64(), base64()]);
}

describe('the census of a file', () => {
  test('names tables and columns of a dump, and lines of anything else', async () => {
    await using folder = await KeelFolder.create();
    const keyFile = await folder.file('a.key', `${key.toString('base64')}\n`);
    const dump = await folder.file(
      'dump.sql',
      `-- PostgreSQL database dump\nCOPY public.vault (id, note, "odd Name") FROM stdin;\n1\tplain\t${base64()}\n2\t\\N\t${base64()}\n\\.\n\nINSERT INTO logs VALUES ('${base64()}');\n`,
    );
    const run = await folder.run(['census', '--file', dump, '--key-file', keyFile, '--json']);
    expect(run.status).toBe(3);
    expect(run.json).toMatchObject({
      ok: false,
      unread: [],
      places: [
        { table: '', values: 1, rows: ['line=7'] },
        { schema: 'public', table: 'vault', column: 'odd Name', values: 2, rows: ['line=3', 'line=4'] },
      ],
    });
    const clean = await folder.file('clean.csv', 'id,name\n1,one\n2,two\n');
    expect((await folder.run(['census', '--file', clean, '--key-file', keyFile])).status).toBe(0);
    const missing = await folder.run(['census', '--file', 'nowhere.sql', '--key-file', keyFile]);
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain('file-unreadable');
  });
});

describe('the census of a file that is no dump', () => {
  test('finds a value that is wrapped in lines, or written as a number a line, and names a line of it', async () => {
    await using folder = await KeelFolder.create();
    const keyFile = await folder.file('a.key', `${key.toString('base64')}\n`);
    const wrapped = (base64().match(/.{1,30}/g) ?? []).map((line) => `    ${line}`).join('\n');
    const cases: readonly (readonly [name: string, text: string, line: RegExp])[] = [
      ['wrapped.yaml', `name: x\nsecret: |\n${wrapped}\nlast: y\n`, /^line=[3-9]$/],
      ['numbers.json', JSON.stringify({ secret: seal().joined }, null, 2), /^line=5$/],
    ];
    for (const [name, text, line] of cases) {
      const file = await folder.file(name, text);
      const run = await folder.run(['census', '--file', file, '--key-file', keyFile, '--json']);
      expect(run.json, name).toMatchObject({
        ok: false,
        places: [{ values: 1, rows: [expect.stringMatching(line)] }],
      });
    }
  });
});

describe('a backup', () => {
  test('is proven against a dump that nobody restored', async () => {
    await using folder = await KeelFolder.create();
    const passphrase = await folder.file('passphrase', 'orbit-lantern-copper-thistle-meadow\n');
    const dump = await folder.file(
      'dump.sql',
      `COPY public.vault (id, secret) FROM stdin;\n1\t${base64()}\n2\t${base64()}\n\\.\n`,
    );
    const backupOf = async (name: string, bytes: Buffer) => {
      const file = await folder.file(`${name}.key`, `${bytes.toString('base64')}\n`);
      const out = `${folder.path}/${name}.age`;
      const options = ['--out', out, '--passphrase-file', passphrase];
      await folder.run(['backup', 'create', '--format', 'age', '--key-file', file, ...options]);
      const artefact = ['--artefact', out, '--passphrase-file', passphrase];
      return await folder.run(['backup', 'prove', ...artefact, '--dump', dump, '--json']);
    };
    expect(await backupOf('right', key)).toMatchObject({
      status: 0,
      json: { databases: [dump], artefacts: [{ opens: [{ verdict: 'correct', opened: 2, values: 2 }] }] },
    });
    expect(await backupOf('wrong', randomBytes(32))).toMatchObject({ status: 3 });
  });
});

import { randomBytes } from 'node:crypto';
import { beforeEach, afterEach, describe, expect, test } from 'vitest';
import { plainCfb, seal } from '#test/support/forms/application-cipher';
import { token } from '#test/support/databases/distant-ivs';
import { KeelFolder, type KeelRun } from '#test/support/processes/keel-process';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';
import { base64Column } from '#test/support/databases/foreign-database';

/** Random tokens, IV first in `plain`, and with an IV that is nowhere in `cut`: from the rows, both look alike. */
interface Tokens extends TestDatabase {
  readonly key: Buffer;
  readonly plain: readonly string[];
  readonly cut: readonly string[];
}

let database: Tokens;
let folder: KeelFolder;
let keyFile: string;

beforeEach(async () => {
  const made = await createTestDatabase();
  const key = randomBytes(32);
  const { client } = made;
  await client.query('CREATE TABLE plain (id int PRIMARY KEY, secret text)');
  await client.query('CREATE TABLE cut (id int PRIMARY KEY, secret text)');
  const [plain, cut] = [...Array(2)].map(() => [...Array(40)].map(token)) as [string[], string[]];
  for (let i = 0; i < 40; i++) {
    const first = seal(plain[i] as string, key, plainCfb);
    const text = Buffer.concat([first.iv, first.body]).toString('base64');
    await client.query('INSERT INTO plain VALUES ($1, $2)', [i, text]);
    const { body } = seal(cut[i] as string, key, plainCfb);
    await client.query('INSERT INTO cut VALUES ($1, $2)', [i, body.toString('base64')]);
  }
  database = { ...made, key, plain, cut };
  folder = await KeelFolder.create();
  keyFile = await folder.file('key', key.toString('base64'));
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function inventoryOf(table: string): Promise<string> {
  const columns = [base64Column(table, 'secret')];
  return await folder.file(`${table}.json`, JSON.stringify({ version: 1, columns }));
}

async function rotate(table: string, more: readonly string[], stdin?: string): Promise<KeelRun> {
  const toFile = await folder.file('to.key', `${randomBytes(32).toString('base64')}\n`);
  const other = table === 'plain' ? 'public.cut.secret' : 'public.plain.secret';
  const args = [
    ...['rotate', '--database', database.url, '--inventory', await inventoryOf(table)],
    ...['--from-key-file', keyFile, '--to-key-file', toFile, '--keep-keys-in', 'own-files'],
    ...['--yes', '--accept', 'other-sessions', '--leave', other, ...more],
  ];
  return await folder.run(args, stdin === undefined ? {} : { stdin });
}

const known = (table: string) => ['--known-value', `${table}.secret`, '--known-value-file', '-'];

describe('a value that the admin knows', () => {
  test('proves where the IV of its column is, which preflight then says, and is nowhere in what is kept', async () => {
    const [, value = ''] = database.plain;
    const assumed = await rotate('plain', ['--rehearse']);
    expect(assumed.status, assumed.stderr).toBe(0);
    expect(assumed.stdout).toContain('it is only assumed that the IV comes first');
    const run = await rotate('plain', known('plain'), `${value}\n`);
    expect(run.status, run.stderr).toBe(0);
    expect(run.stdout).toContain('the position of the IV was proven for public.plain.secret (a known value');
    expect(run.stdout).not.toContain('it is only assumed');
    const state = await folder.state();
    expect(state).toContain('"by": "known-value"');
    expect(state + run.stdout + run.stderr).not.toContain(value);
  });

  test('that is decrypted from its 17th byte on only is a stop, for this run and the next ones', async () => {
    const [value = ''] = database.cut;
    const before = await database.client.query('SELECT * FROM cut ORDER BY id');
    for (const run of [
      await rotate('cut', [...known('cut'), '--accept', 'iv-assumed'], value),
      await rotate('cut', ['--accept', 'iv-assumed']),
    ]) {
      expect(run.status).toBe(4);
      expect(run.stderr).toContain('[beginning-lost]');
      expect(run.stderr).toContain('public.cut.secret');
    }
    expect((await database.client.query('SELECT * FROM cut ORDER BY id')).rows).toEqual(before.rows);
  });

  test('that is not in the column stops the run before anything changes', async () => {
    const run = await rotate('plain', known('plain'), token());
    expect(run.status).toBe(3);
    expect(run.stderr).toContain('no value of plain.secret');
  });

  test('is remembered by `keel prove`, and may come from a variable', async () => {
    const args = ['prove', '--database', database.url, '--key-file', keyFile];
    const target = [...args, '--inventory', await inventoryOf('plain'), '--json'];
    const source = ['--known-value', 'public.plain.secret', '--known-value-env', 'VALUE'];
    const proven = await folder.run([...target, ...source], { env: { VALUE: database.plain[7] } });
    expect(proven.status, proven.stderr).toBe(0);
    expect(proven.json.knownValue).toMatchObject({ shows: 'whole', entry: { table: 'plain' } });
    const run = await rotate('plain', ['--rehearse']);
    expect(run.stdout).toContain('was proven for public.plain.secret');
  });

  test('settles a column beside which something looks like its IV', async () => {
    await database.client.query('ALTER TABLE plain ADD COLUMN secret_iv text');
    await database.client.query(`UPDATE plain SET secret_iv = md5(random()::text || id)`);
    const refused = await rotate('plain', ['--rehearse']);
    expect(refused.stderr).toContain('[iv-unresolved]');
    const run = await rotate('plain', known('plain'), database.plain[3]);
    expect(run.status, run.stderr).toBe(0);
  });

  test('is compared in the window too, ten wrong ones an hour, and preflight there knows it', async () => {
    await database.client.query('DROP TABLE cut');
    await using window = await openTestWindow();
    const { environment } = await window.must('environments.add', {
      name: 'Acme',
      colour: 'blue',
      production: false,
      connection: { url: database.url },
      rememberPassword: false,
      keyPlace: 'sealed-file',
      passphrase: 'five random words for a test',
    });
    const text = database.key.toString('base64');
    const { fingerprint } = await window.must('keys.adopt', { environment, source: { kind: 'typed', text } });
    const { proposed } = await window.must('inventory.discover', { environment, fingerprint });
    const columns = proposed.map(({ entry }) => entry);
    await window.must('inventory.write', { environment, columns, excluded: [] });
    await window.must('proof.run', { environment, fingerprint });
    await window.must('keys.generate', { environment });
    const request = { environment, excluded: [], accepted: ['other-sessions'] };
    const codesOf = async () => {
      const { findings } = await window.must('rotation.preflight', request);
      return findings;
    };
    const assumed = (await codesOf()).find(({ code }) => code === 'iv-assumed');
    const entry = assumed?.places?.[0]?.provable;
    if (!entry) throw new Error('no place to prove');
    const prove = (value: string) => window.must('rotation.proveIv', { environment, entry, value });
    expect(await prove(token())).toEqual({ outcome: 'not-found' });
    expect(await prove(token().slice(0, 16) + database.plain[0]?.slice(16))).toEqual({
      outcome: 'beginning-lost',
    });
    expect((await codesOf()).map(({ code }) => code)).toContain('beginning-lost');
    expect(await prove(database.plain[0] ?? '')).toEqual({ outcome: 'whole' });
    const codes = (await codesOf()).map(({ code }) => code);
    expect(codes).toContain('iv-proven');
    expect(codes).not.toContain('iv-assumed');
    for (let i = 0; i < 8; i++) expect(await prove(token())).toEqual({ outcome: 'not-found' });
    const refused = await window.call('rotation.proveIv', {
      environment,
      entry,
      value: database.plain[1] ?? '',
    });
    expect(refused).toMatchObject({ ok: false, error: { code: 'too-many-guesses' } });
  });
});

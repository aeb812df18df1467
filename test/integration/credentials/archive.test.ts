import { createCipheriv, randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Decrypter } from 'age-encryption';
import { total } from '#credentials/archive/archive-differences';
import { summariseArchive } from '#credentials/archive/archive-reader';
import { Secret } from '#crypto/secret';
import {
  base64,
  readEveryBit,
  readPlaintexts,
  readSurroundings,
} from '#test/support/databases/foreign-database';
import { urlOf } from '#test/support/postgres/test-database';
import { at, disturb, openDesk, passphrase } from '#test/support/databases/archive-desk';

const restored = (lines: string[]) => lines.filter((line) => !line.startsWith('keyless'));

test('an archive brings back, byte for byte, what was changed or damaged since, and nothing else', async () => {
  await using desk = await openDesk({ strangers: 2 });
  const { client, from, stranger } = desk.database;
  const before = await readPlaintexts(client, from, stranger);
  const exported = await desk.export();
  expect(exported.unopened).toBe(2);
  expect(exported.values).toBe((await desk.verify()).columns.reduce((sum, { equal }) => sum + equal, 0));
  await disturb(desk);
  const surroundings = await readSurroundings(client);

  const verified = await desk.verify();
  expect(total(verified.columns, 'differs')).toBe(2);
  expect(total(verified.columns, 'unopened')).toBe(1);
  expect(total(verified.columns, 'left')).toBe(2);
  expect(verified.differences.map(({ row, comparison }) => `${row} ${comparison}`)).toContain(
    'name=vault-5 🐍 unopened',
  );

  const disturbed = await readEveryBit(client);
  await expect(desk.import()).rejects.toMatchObject({ code: 'rows-unopened' });
  expect(await readEveryBit(client)).toEqual(disturbed);
  const rehearsed = await desk.import({ rehearsal: true }, ['unopened-rows']);
  expect(rehearsed).toMatchObject({ values: 3, rows: 3, rehearsal: true });
  expect(await readEveryBit(client)).toEqual(disturbed);

  const imported = await desk.import(undefined, ['unopened-rows']);
  expect(imported).toMatchObject({ values: 3, rows: 3, rehearsal: false });
  expect(restored(await readPlaintexts(client, from, stranger))).toEqual(restored(before));
  expect(await readSurroundings(client)).toEqual(surroundings);
  expect((await readEveryBit(client)).filter((bit) => disturbed.includes(bit)).length).toBe(
    disturbed.length - 3,
  );
  await expect(desk.import()).rejects.toMatchObject({ code: 'already-imported' });
});

test('what is in one place only is told, and left as it is', async () => {
  await using desk = await openDesk();
  const { client, from } = desk.database;
  await desk.export();
  await client.query('DELETE FROM vault WHERE name = $1', ['vault-1 🐍']);
  await client.query('UPDATE part SET s = NULL WHERE id = 2');
  await client.query('INSERT INTO tok (acc) VALUES ($1)', [base64('ya29.written-since', from)]);
  const verified = await desk.verify();
  expect(total(verified.columns, 'rowMissing')).toBe(1);
  expect(total(verified.columns, 'valueMissing')).toBe(1);
  expect(total(verified.columns, 'added')).toBe(1);
  expect(verified.differences.map(({ row }) => row)).toEqual(
    expect.arrayContaining(['name=vault-1 🐍', 'id=2 region=us']),
  );
  await expect(desk.import()).rejects.toMatchObject({ code: 'nothing-importable' });
});

test('values of any content and size come back: empty, emoji, control characters, binary, 5 MB', async () => {
  await using desk = await openDesk();
  const { client, from } = desk.database;
  await client.query('CREATE TABLE odd (a smallint, b timestamptz, v bytea, PRIMARY KEY (a, b))');
  const texts = [
    Buffer.from(''),
    Buffer.from('🐍 “quoted” \\ \n\u0001\t/\u2028'),
    Buffer.from([0xff, 0xfe, 0, 1, 2, 0x80]),
    Buffer.alloc(5 * 1024 * 1024, 'long enough for every buffer; "'),
    Buffer.from('{"password": "a perfectly usual one"}'),
  ];
  const seal = (plain: Buffer) => {
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-cfb', from, iv);
    return Buffer.concat([iv, cipher.update(plain), cipher.final()]);
  };
  for (const [i, text] of texts.entries()) {
    await client.query(
      `INSERT INTO odd VALUES ($1::int, '2020-01-01 10:00+02'::timestamptz + $1::int * interval '1 s', $2)`,
      [i, seal(text)],
    );
  }
  const entry = { schema: 'public', table: 'odd', column: 'v', layout: 'raw', kind: 'unknown' } as const;
  await client.query('ALTER DATABASE ' + desk.database.name + " SET TimeZone = 'Asia/Tokyo'");
  const exported = await desk.export({ version: 1, columns: [entry] });
  // noise by the judgement of any key, so it is not taken for a credential
  expect(exported).toMatchObject({ values: 4, unopened: 1 });
  await client.query('UPDATE odd SET v = $1 WHERE a <> 2', [
    seal(Buffer.from('a value that somebody put there')),
  ]);
  expect(await desk.import()).toMatchObject({ values: 4 });
  const verified = await desk.verify();
  expect(total(verified.columns, 'equal')).toBe(4);
});

test('the file opens with the age library alone, holds nothing in clear, and counts what is in it', async () => {
  await using desk = await openDesk();
  await desk.export();
  const bytes = await readFile(desk.path);
  expect(bytes.includes('ya29.')).toBe(false);
  expect((await stat(desk.path)).mode & 0o777).toBe(0o600);
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const lines = (await decrypter.decrypt(bytes, 'text'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({
    version: 1,
    environment: 'Acme',
    database: at,
    fingerprint: desk.key.fingerprint,
  });
  expect(lines.at(-1)).toMatchObject({ values: lines.length - 2, unopened: 0 });
  expect(lines.find(({ table, column }) => table === 'tok' && column === 'acc').text).toMatch(/^ya29\./);
  const summary = await summariseArchive(desk.path, desk.opener);
  expect(summary.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(lines.length - 2);
  await expect(desk.export()).rejects.toMatchObject({ code: 'file-exists' });
});

test('a wrong passphrase, a flipped bit, a cut, or another file is told apart, and nothing is changed', async () => {
  await using desk = await openDesk();
  await desk.export();
  const whole = await readFile(desk.path);
  const broken = join(desk.folder.path, 'broken.age');
  using wrong = new Secret(Buffer.from('another passphrase'));
  await expect(summariseArchive(desk.path, { passphrase: wrong })).rejects.toMatchObject({
    code: 'passphrase-wrong',
  });
  const unreadable = { code: 'archive-unreadable' };
  for (const place of [0, 30, whole.length - 40, whole.length >> 1]) {
    const flipped = Buffer.from(whole);
    flipped[place] = (flipped[place] as number) ^ 4;
    await writeFile(broken, flipped);
    await expect(desk.verify(broken), `bit flipped in byte ${place}`).rejects.toMatchObject({
      code: expect.stringMatching(/^(archive-unreadable|passphrase-wrong)$/),
    });
  }
  for (const length of [0, 10, 200, whole.length - 1, whole.length - 16]) {
    await writeFile(broken, whole.subarray(0, length));
    await expect(desk.verify(broken), `cut at ${length}`).rejects.toMatchObject(unreadable);
  }
  await writeFile(broken, await readFile(import.meta.filename));
  await expect(desk.verify(broken)).rejects.toMatchObject(unreadable);
  await expect(desk.verify(join(desk.folder.path, 'nowhere.age'))).rejects.toMatchObject(unreadable);
});

test('an archive is not written into another database, over a wrong key, or into rows without a key', async () => {
  await using desk = await openDesk();
  await using other = await openDesk();
  const { client } = desk.database;
  await other.export(other.inventory, desk.path);
  const bits = await readEveryBit(client);
  await expect(desk.import(undefined, [], 'elsewhere:5432/ballast')).rejects.toMatchObject({
    code: 'preflight-stopped',
    message: expect.stringContaining('other-database'),
  });
  randomBytes(32).copy(desk.key.bytes);
  await expect(desk.import({ rehearsal: true })).rejects.toMatchObject({ code: 'key-wrong' });
  expect(await readEveryBit(client)).toEqual(bits);
  await expect(desk.export(desk.inventory, `${desk.path}.2`)).rejects.toMatchObject({ code: 'key-wrong' });
  desk.database.from.copy(desk.key.bytes);
  await client.query('DROP TABLE vault');
  await expect(desk.verify()).rejects.toMatchObject({ code: 'archive-unfit' });
});

test('rows of a table without a key are archived for people, and refused for an import', async () => {
  await using desk = await openDesk();
  const nopk = {
    schema: 'public',
    table: 'nopk',
    column: 'a',
    layout: 'hex:base64',
    kind: 'unknown',
  } as const;
  const exported = await desk.export({ version: 1, columns: [...desk.inventory.columns, nopk] });
  expect(exported.columns.at(-1)).toMatchObject({ archived: 32 });
  expect((await desk.verify()).unkeyed).toBe(32);
  await expect(desk.import()).rejects.toMatchObject({ message: expect.stringContaining('no primary key') });
});

test('a role without temporary tables is told before anything is loaded, with the privilege that it lacks', async () => {
  await using desk = await openDesk();
  const { client, url, name, from } = desk.database;
  await desk.export();
  const user = `u_${randomBytes(6).toString('hex')}`;
  await client.query(`CREATE ROLE ${user} LOGIN PASSWORD 'pw'; REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC;
    GRANT CREATE ON DATABASE ${name} TO ${user}; GRANT USAGE ON SCHEMA public, "My Schema" TO ${user};
    GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public, "My Schema" TO ${user}`);
  const args = [
    ...['--json', '--database', urlOf(url, name, { user, password: 'pw' }), '--archive', desk.path],
    ...['--key-file', await desk.folder.file('old.key', from.toString('base64'))],
  ];
  const env = { KEEL_ARCHIVE_PASSPHRASE: passphrase };
  const accepted = ['other-sessions', 'other-database', 'triggers'].flatMap((stop) => ['--accept', stop]);
  const refused = await desk.folder.run(['credentials', 'import', ...args, ...accepted, '--yes'], { env });
  expect(refused).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
  expect(refused.json.error.message).toContain('[temporary-tables]');
  expect(refused.json.error.remedy).toContain(`grant TEMPORARY on database "${name}"`);
  const verified = await desk.folder.run(['credentials', 'verify', ...args], { env });
  expect(verified.json.error).toMatchObject({
    code: 'privilege-missing',
    remedy: expect.stringContaining('grant the role TEMPORARY'),
  });
  await client.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
});

test('somebody who changes a row while it is staged makes the import fail as a whole', async () => {
  await using desk = await openDesk();
  const { client, from } = desk.database;
  await desk.export();
  await disturb(desk);
  const confirm = async () => {
    await client.query('UPDATE tok SET acc = $1 WHERE cnt = 3', [base64('ya29.changed-meanwhile', from)]);
  };
  await expect(desk.import({ rehearsal: false, confirm }, ['unopened-rows'])).rejects.toMatchObject({
    code: 'verification-failed',
  });
  expect(total((await desk.verify()).columns, 'differs')).toBe(2);
  const held = await client.query(
    "SELECT count(*)::int AS n FROM pg_class WHERE relnamespace::regnamespace::text = 'keel'",
  );
  expect(held.rows[0].n).toBe(0);
});

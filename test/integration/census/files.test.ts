import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { base64 } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';

const key = randomBytes(32);
const secret = () => base64('{"host":"db.example.org","password":"correct horse battery"}', key);

async function censusOf(folder: KeelFolder, name: string, content: string | Buffer) {
  const keyFile = await folder.file('the.key', key.toString('base64'));
  const path = join(folder.path, name);
  await writeFile(path, content);
  return folder.run(['census', '--file', path, '--key-file', keyFile, '--json']);
}

const dump = () =>
  `--\n-- PostgreSQL database dump\n--\n\nCOPY public.sources (id, secret) FROM stdin;\n${[1, 2, 3].map((id) => `${id}\t${secret()}`).join('\n')}\n\\.\n`;

test.for([
  ['dump.sql', dump, { schema: 'public', table: 'sources', column: 'secret', values: 3 }],
  ['export.csv', () => `id,secret\n1,${secret()}\n2,"${secret()}"\n`, { values: 2 }],
  ['app.log', () => `2026-11-01 INFO started\n2026-11-01 WARN token ${secret()} refused\n`, { values: 1 }],
  ['.env', () => `A=1\nBACKUP_OF_TOKEN="${secret()}"\n`, { values: 1 }],
  ['dump.sql.gz', () => gzipSync(dump()), { table: 'sources', column: 'secret', values: 3 }],
] as const)(
  '%s: values under the key are counted at their places, and the exit code is 3',
  async ([name, content, place]) => {
    await using folder = await KeelFolder.create();
    const run = await censusOf(folder, name, content());
    expect(run.status, run.stderr).toBe(3);
    expect(run.json).toMatchObject({ ok: false, unread: [] });
    const values = run.json.places.reduce((sum: number, one: any) => sum + one.values, 0);
    expect(values).toBe(place.values);
    expect(run.json.places[0]).toMatchObject({
      ...place,
      key: expect.stringMatching(/^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/),
      inInventory: false,
      rows: expect.arrayContaining([expect.stringMatching(/^line=\d+$/)]),
    });
  },
);

test.for([
  ['dump.xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2]), 'xz'],
  ['dump.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2]), 'zstd'],
  ['dump.bz2', Buffer.from('BZh91AY&SY'), 'bzip2'],
  ['dump.zip', Buffer.from('PK\u0003\u0004rest'), 'zip'],
  ['dump.age', Buffer.from('age-encryption.org/v1\n-> scrypt'), 'age'],
  ['custom.gz', gzipSync('PGDMP and more'), 'gzip-compressed dump in pg_dump’s custom format'],
  ['twice.gz', gzipSync(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])), 'xz'],
] as const)('%s is said not to have been read, never that nothing is in it', async ([name, content, why]) => {
  await using folder = await KeelFolder.create();
  const run = await censusOf(folder, name, content);
  expect(run.status, run.stderr).toBe(3);
  expect(run.json).toMatchObject({ ok: false, places: [], cells: 0, bytes: 0 });
  expect(run.json.unread).toMatchObject([{ reason: expect.stringContaining(why) }]);
});

test('a gzip file that is cut off, a folder and a custom dump that pg_restore cannot read are no empty files', async () => {
  await using folder = await KeelFolder.create();
  const cut = await censusOf(
    folder,
    'cut.gz',
    gzipSync(randomBytes(400_000).toString('hex')).subarray(0, 90_000),
  );
  expect(cut.json).toMatchObject({ ok: false, error: { code: 'file-unreadable' } });
  const custom = await censusOf(folder, 'broken.dump', 'PGDMP and no dump');
  expect(custom.json).toMatchObject({ ok: false, error: { code: 'file-unreadable' } });
  const keyFile = join(folder.path, 'the.key');
  const whole = await folder.run(['census', '--file', folder.path, '--key-file', keyFile, '--json']);
  expect(whole.json.error).toMatchObject({
    code: 'file-unreadable',
    message: expect.stringContaining('is a folder'),
  });
});

test('a file without any value under the key ends with 0 and says how much was read', async () => {
  await using folder = await KeelFolder.create();
  const run = await censusOf(folder, 'empty.csv', `id,name\n1,${randomBytes(40).toString('base64')}\n`);
  expect(run).toMatchObject({ status: 0, json: { ok: true, places: [], unread: [] } });
  expect(run.json.bytes).toBeGreaterThan(50);
});

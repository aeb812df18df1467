import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { keyShapesIn } from '#crypto/key-shapes';
import { readTargetsAndNeighbours } from '#handoff/read-targets';
import { test } from '#test/support/temp-folder';
import { old, oldKey } from '../handoff/keys.ts';

const bytes = oldKey.bytes;
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.for([
  ['a comment', `# previous: ENCRYPTION_KEY=${old}\n`],
  ['quotes', `KEY="${old}";`],
  ['base64 without padding', `k: ${old.replace('=', '')}`],
  ['base64url', `k: ${bytes.toString('base64url')}`],
  ['hex', `k: ${bytes.toString('hex').toUpperCase()}`],
  ['hex that C and PostgreSQL write', `0x${bytes.toString('hex')}, '\\x${bytes.toString('hex')}'`],
  ['hex with colons', `k: ${bytes.toString('hex').replace(/..(?=.)/g, '$&:')}`],
  ['a URL', `https://example.com/?key=${encodeURIComponent(old)}&v=1`],
  ['JSON of PHP', JSON.stringify({ k: old }).replaceAll('/', '\\/')],
  ['JSON that escapes =', `{"k":"${old.replace('=', '\\u003d')}"}`],
  ['a name of the same letters', `secret-${old}`],
  ['a path', `vault/prod/${bytes.toString('base64url')}`],
  ['a line that was wrapped', `k: ${old.slice(0, 20)}\n  ${old.slice(20)}\n`],
  [
    'base64 in lines of 76',
    base64(`# the file of the server\nENCRYPTION_KEY=${old}\n`).replace(/.{76}/g, '$&\n'),
  ],
  ['base64 of base64', `  ENCRYPTION_KEY: ${base64(old)}\n`],
  ['JSON in base64', `{"data":"${base64(JSON.stringify({ data: { K: base64(old) } }))}"}`],
] as const)('a key is found in %s', ([, text]) => {
  expect([...keyShapesIn(text)]).toContain(oldKey.fingerprint);
});

test('the files beside those that the application reads are looked at, folders and binaries passed over', async ({
  folder,
}) => {
  const path = join(folder, '.env');
  await writeFile(path, 'ENCRYPTION_KEY=\n');
  await writeFile(join(folder, '.env.bak'), `ENCRYPTION_KEY=${old}\n`);
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'dump.bin'), Buffer.alloc(3 << 20));
  const target = { kind: 'env-file', path, variable: 'ENCRYPTION_KEY' } as const;
  const { files } = await readTargetsAndNeighbours([{ target }], undefined);
  expect(files.map((file) => [file.path, [...file.shapes]])).toEqual([
    [join(folder, '.env.bak'), [oldKey.fingerprint]],
  ]);
});

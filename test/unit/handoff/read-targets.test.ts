import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { readTargets } from '#handoff/read-targets';
import { test } from '#test/support/temp-folder';

test('a file tells whose key it gives, another target what it was given last', async ({ folder }) => {
  using key = generateEncryptionKey();
  using other = generateEncryptionKey();
  const path = join(folder, '.env');
  const target = { kind: 'env-file' as const, path, variable: 'ENCRYPTION_KEY' };
  const given = { fingerprint: other.fingerprint, at: '2026-11-24T10:00:00.000Z' };
  const secret = { target: { kind: 'docker-secret' as const, name: 'ballast' }, given };
  const holds = async () => (await readTargets([{ target, given }, secret])).map((read) => read.holds);
  expect(await holds()).toEqual([undefined, other.fingerprint]);
  await writeFile(path, 'PORT=1\n');
  expect(await holds()).toEqual([undefined, other.fingerprint]);
  await writeFile(path, `PORT=1\nENCRYPTION_KEY='${key.toBase64()}' # the key\n`);
  expect(await holds()).toEqual([key.fingerprint, other.fingerprint]);
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { readTargets, readTargetsAndNeighbours } from '#handoff/read-targets';
import { test } from '#test/support/temp-folder';

test('a file tells whose key it gives, another target what it was given last', async ({ folder }) => {
  using key = generateEncryptionKey();
  using other = generateEncryptionKey();
  const path = join(folder, '.env');
  const target = { kind: 'env-file' as const, path, variable: 'ENCRYPTION_KEY' };
  const given = { fingerprint: other.fingerprint, at: '2026-11-24T10:00:00.000Z' };
  const secret = { target: { kind: 'docker-secret' as const, name: 'ballast' }, given };
  const holds = async () =>
    (await readTargets([{ target, given }, secret], undefined)).map((read) => read.holds);
  expect(await holds()).toEqual([undefined, other.fingerprint]);
  await writeFile(path, 'PORT=1\n');
  expect(await holds()).toEqual([undefined, other.fingerprint]);
  await writeFile(path, `PORT=1\nENCRYPTION_KEY='${key.toBase64()}' # the key\n`);
  expect(await holds()).toEqual([key.fingerprint, other.fingerprint]);
});

test('a file that Keel does not understand tells nothing, and a place without a key given what was seen there', async ({
  folder,
}) => {
  using seen = generateEncryptionKey();
  const path = join(folder, 'compose.yaml');
  await writeFile(path, 'services: [');
  const broken = { target: { kind: 'compose-file' as const, path, variable: 'ENCRYPTION_KEY' } };
  const secret = { target: { kind: 'docker-secret' as const, name: 'ballast' }, holds: seen.fingerprint };
  expect(await readTargets([broken, secret], undefined)).toEqual([
    { where: path },
    { where: 'docker secret ballast', holds: seen.fingerprint },
  ]);
});

test('files beside a place tell what in them has the shape of a key, each once, and no folder is gone into', async ({
  folder,
}) => {
  using key = generateEncryptionKey();
  using earlier = generateEncryptionKey();
  const path = join(folder, '.env');
  const copy = join(folder, '.env.before');
  await writeFile(path, `ENCRYPTION_KEY=${key.toBase64()}\n# ${earlier.toBase64()}\n`);
  await writeFile(copy, `ENCRYPTION_KEY=${earlier.toBase64()}\n`);
  await writeFile(join(folder, 'notes.txt'), 'nothing of the kind');
  await writeFile(join(folder, 'large'), `${earlier.toBase64()}${' '.repeat(1 << 20)}`);
  await mkdir(join(folder, 'deeper'));
  await writeFile(join(folder, 'deeper', '.env'), earlier.toBase64());
  const target = { kind: 'env-file' as const, path, variable: 'ENCRYPTION_KEY' };
  const secret = { kind: 'docker-secret' as const, name: 'ballast' };
  const { targets, files } = await readTargetsAndNeighbours(
    [{ target }, { target: { ...target, variable: 'OTHER' } }, { target: secret }],
    undefined,
  );
  expect(targets.map(({ holds }) => holds)).toEqual([key.fingerprint, undefined, undefined]);
  expect(files.toSorted((a, b) => a.path.length - b.path.length)).toEqual([
    { path, shapes: new Set([key.fingerprint, earlier.fingerprint]) },
    { path: copy, shapes: new Set([earlier.fingerprint]) },
  ]);
  const gone = { ...target, path: join(folder, 'nowhere', '.env') };
  expect(await readTargetsAndNeighbours([{ target: gone }], undefined)).toEqual({
    targets: [{ where: gone.path }],
    files: [],
  });
});

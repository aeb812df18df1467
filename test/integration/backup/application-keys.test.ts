import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { applicationNamed } from '#applications/applications';
import { readKeyText } from '#backup/reading/read-key-text';
import { restoreKey } from '#backup/use-cases/restore';
import type { EncryptionKey } from '#crypto/encryption-key';
import { openKeyRing } from '#keyring/key-ring';
import { addedEnvironment, heardContext } from '#test/support/added-environment';
import { memoryStore } from '#test/support/memory-store';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { test } from '#test/support/temp-folder';
import { openDatabase } from '#workspace/database';

const key = Buffer.from(Array.from({ length: 32 }, (_, at) => (at < 3 ? 0xfb + at : 7 * at)));
const written = `${key.toString('base64url')}=`;

/** A Fernet token, as Airflow writes it. */
function fernet(text: string): string {
  const iv = randomBytes(16);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(1_760_000_000n);
  const cipher = createCipheriv('aes-128-cbc', key.subarray(16), iv);
  const body = Buffer.concat([Buffer.of(0x80), time, iv, cipher.update(text), cipher.final()]);
  const tag = createHmac('sha256', key.subarray(0, 16)).update(body).digest();
  return Buffer.concat([body, tag]).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

test('a Fernet key that a person backed up is kept with the text that Airflow reads, and the database chooses it', async ({
  folder,
}) => {
  await using database = await createTestDatabase();
  await database.client.query('CREATE TABLE connection (id serial PRIMARY KEY, password text)');
  for (let at = 0; at < 20; at++)
    await database.client.query('INSERT INTO connection (password) VALUES ($1)', [fernet(`secret ${at}`)]);
  const other = `${Buffer.alloc(32, 3).toString('base64url')}=`;
  const plain = Buffer.from(`AIRFLOW__CORE__FERNET_KEY=${other}\nAIRFLOW__CORE__FERNET_KEY=${written}\n`);
  const read = readKeyText(plain, { reader: applicationNamed('airflow') });
  if (!('values' in read)) throw new Error(read.broken.message);
  const ring = openKeyRing(folder, memoryStore());
  const workspace = await addedEnvironment(folder, ring, {
    application: 'airflow',
    database: async () => openDatabase(database.url),
  });
  const { signal } = new AbortController();
  const restored = await restoreKey(
    workspace,
    {
      keys: read.values.flat() as [EncryptionKey, ...EncryptionKey[]],
      artefact: { artefact: 'age-file', location: 'the safe' },
      excluded: [],
    },
    { ...heardContext(), signal },
  );
  expect(restored).toMatchObject({ kept: true, state: 'active' });
  const fingerprint = restored.kept ? restored.fingerprint : '';
  using kept = await ring.load(fingerprint);
  expect(kept.written.toString()).toBe(written);
});

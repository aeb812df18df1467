import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addAcme, passphrase } from '#test/support/consent/acme-environment';
import type { AskedWindow, Attempts } from '#test/support/consent/asked-window';
import { foreignKey, insertKeys, serverFilled, serverFilledMapping } from '#test/support/databases/api-keys';
import { base64 } from '#test/support/databases/foreign-database';
import type { TestDatabase } from '#test/support/postgres/test-database';

export const credentialsColumn = {
  schema: 'public',
  table: 'source_connection',
  column: 'credentials',
  layout: 'base64',
  kind: 'credentials',
} as const;

/** Only a column that another key decrypts is listed, and that key is proven on it. */
export async function otherColumn(
  window: AskedWindow,
  { client }: TestDatabase,
  environment: string,
): Promise<Attempts> {
  const key = randomBytes(32);
  await client.query('CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL)');
  await client.query('INSERT INTO notes VALUES (1, $1)', [base64('{"password": "of a page"}', key)]);
  const source = { kind: 'typed', text: key.toString('base64') } as const;
  const { fingerprint } = await window.must('keys.adopt', { environment, source });
  const columns = [{ ...credentialsColumn, table: 'notes', column: 'text' }];
  await window.must('inventory.write', { environment, columns, excluded: [] });
  const names = [fingerprint, '“public.notes.text”', 'decrypts 1 of 1 values', 'decrypts 0 of 1 values'];
  return { 'proof.run': { input: { environment, fingerprint }, names, ends: 'done' } };
}

/** An environment whose key is proven, with another one that is drilled, and a file that holds neither. */
export async function prepared(window: AskedWindow, { client, url }: TestDatabase) {
  const key = randomBytes(32);
  await client.query('CREATE TABLE source_connection (id int PRIMARY KEY, credentials text NOT NULL)');
  for (const id of [1, 2])
    await client.query('INSERT INTO source_connection VALUES ($1, $2)', [
      id,
      base64(`postgres://ann:secret-${id}-of-some-length@127.0.0.1:${id}/x`, key),
    ]);
  await client.query(serverFilled);
  const [apiKey = ''] = await insertKeys(client, [{ name: 'old', hash: foreignKey(1).hash }]);
  const environment = await addAcme(window, { url });
  await window.must('apiKeys.chooseTable', { environment, table: serverFilledMapping });
  const source = { kind: 'typed', text: key.toString('base64') } as const;
  const { fingerprint: active } = await window.must('keys.adopt', { environment, source });
  await window.must('inventory.write', { environment, columns: [credentialsColumn], excluded: [] });
  await window.must('proof.run', { environment, fingerprint: active });
  const { fingerprint: pending } = await window.must('keys.generate', { environment });
  const path = join(window.folder, 'new.age');
  await window.choose(path, 'save-age', pending);
  await window.must('backup.create', {
    environment,
    fingerprint: pending,
    artefact: { form: 'passphrase', path, passphrase: { typed: passphrase } },
  });
  const from = { from: 'file', path, passphrase } as const;
  await window.must('backup.drill', { environment, fingerprint: pending, from });
  const envFile = join(window.folder, 'ballast.env');
  await writeFile(envFile, 'ENCRYPTION_KEY=\n');
  return { environment, key, active, pending, backup: path, envFile, apiKey };
}

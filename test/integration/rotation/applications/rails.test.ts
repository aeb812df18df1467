import { createHmac, pbkdf2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';
import { consent, target } from '#test/support/schemes/application-database';
import { base64, from64, openGcm, sealGcm } from '#test/support/schemes/own-ciphers';

const salt = 'b6'.repeat(16);
const [primary, deterministic, newPrimary, newDeterministic] = ['1a', '2b', '3c', '4d'].map(
  (two) => `${two.repeat(16)}:${salt}`,
) as [string, string, string, string];

const bytesOf = (key: string) => pbkdf2Sync(key.slice(0, 32), salt, 65_536, 32, 'sha256');
const ivOf = (key: Buffer, secret: string) =>
  createHmac('sha256', key).update(secret).digest().subarray(0, 12);

/** What Active Record writes: as a document, or as the text of one. */
function seal(key: string, secret: string, isDeterministic = false): { p: string; h: object } {
  const bytes = bytesOf(key);
  const { iv, body, tag } = sealGcm(bytes, secret, isDeterministic ? { iv: ivOf(bytes, secret) } : {});
  return { p: base64(body), h: { iv: base64(iv), at: base64(tag) } };
}

function open(key: string, { p, h }: any): string {
  return openGcm(bytesOf(key), { body: from64(p), iv: from64(h.iv), tag: from64(h.at) });
}

const secrets = ['ana@example.org', 'otp € 漢字', 'x'.repeat(120), '{"token":"tok_1"}', 'ben@example.org'];

test('columns of Rails go to a new key in text and in jsonb, and deterministic ones are still found by their ciphertexts', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const { client } = database;
  await client.query(
    'CREATE TABLE users (id int PRIMARY KEY, otp text, settings jsonb, email text UNIQUE, phone jsonb)',
  );
  for (const [id, secret] of secrets.entries()) {
    await client.query('INSERT INTO users VALUES ($1, $2, $3, $4, $5)', [
      id,
      JSON.stringify(seal(primary, secret)),
      seal(primary, secret),
      JSON.stringify(seal(deterministic, secret, true)),
      seal(deterministic, secret, true),
    ]);
  }
  const read = async () => (await client.query('SELECT * FROM users ORDER BY id')).rows;
  const random = (rows: any[], key: string) =>
    rows.flatMap(({ otp, settings }) => [open(key, JSON.parse(otp)), open(key, settings)]);
  const lookups = async (key: string) => {
    const found: unknown[] = [];
    for (const secret of secrets) {
      const sealed = seal(key, secret, true);
      const query = 'SELECT id FROM users WHERE email = $1 AND phone = $2';
      found.push((await client.query(query, [JSON.stringify(sealed), sealed])).rows[0]?.id);
    }
    return found;
  };
  const twice = secrets.flatMap((secret) => [secret, secret]);
  const ids = [...secrets.keys()];
  const rotate = async (from: string, to: string) =>
    folder.run([
      ...['rotate', ...target(database), '--application', 'rails', ...consent],
      ...['--from-key-file', await folder.file(`${from}.key`, from)],
      ...['--to-key-file', await folder.file(`${to}.key`, to)],
    ]);
  expect(await lookups(deterministic)).toEqual(ids);

  expect(await rotate(primary, newPrimary)).toMatchObject({ status: 0, json: { ok: true } });
  expect(random(await read(), newPrimary)).toEqual(twice);
  expect(await lookups(deterministic)).toEqual(ids);

  expect(await rotate(deterministic, newDeterministic)).toMatchObject({ status: 0, json: { ok: true } });
  expect(await lookups(newDeterministic)).toEqual(ids);
  expect(random(await read(), newPrimary)).toEqual(twice);

  const undone = await folder.run(['undo', ...target(database), ...consent]);
  expect(undone).toMatchObject({ status: 0, json: { ok: true } });
  expect(await lookups(deterministic)).toEqual(ids);
});

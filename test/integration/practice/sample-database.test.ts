import { createDecipheriv, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { fillSampleDatabase } from '#practice/sample-data';
import { createTestDatabase } from '#test/support/postgres/test-database';

const [key, personalKey] = [randomBytes(32), randomBytes(32)];

/** A sample of so many rows, and what can be read of it with Node's own cipher. */
async function withSample<T>(
  rows: number,
  seed: number,
  look: (client: pg.Client) => Promise<T>,
): Promise<T> {
  await using database = await createTestDatabase();
  const { client } = database;
  const progress: [number, number][] = [];
  await fillSampleDatabase(client, {
    rows,
    seed,
    key: new EncryptionKey(Buffer.from(key)),
    personalKey: new EncryptionKey(Buffer.from(personalKey)),
    onRows: (done, total) => progress.push([done, total]),
  });
  if (rows > 0) expect(progress.at(-1)).toEqual([rows, rows]);
  return await look(client);
}

const columns = `
  SELECT 'credentials' AS kind, credentials AS cell, personal_user_id IS NOT NULL AS personal FROM source_connection
  UNION ALL SELECT 'access', access_token, false FROM oauth_token
  UNION ALL SELECT 'refresh', refresh_token, false FROM oauth_token WHERE refresh_token IS NOT NULL
  UNION ALL SELECT 'password', substr(password, 5), false FROM destination WHERE password LIKE 'ENC:%'
  UNION ALL SELECT 'string', connection_string, false FROM destination WHERE connection_string IS NOT NULL
  UNION ALL SELECT 'signing', settings #>> '{webhook,signing_secret}', false FROM integration`;

async function readPlaintexts(
  client: pg.Client,
): Promise<{ kind: string; text: string; personal: boolean }[]> {
  const { rows } = await client.query(columns);
  return rows.map(({ kind, cell, personal }) => {
    const bytes = Buffer.from(cell, 'base64');
    const decipher = createDecipheriv('aes-256-cfb', personal ? personalKey : key, bytes.subarray(0, 16));
    return { kind, personal, text: decipher.update(bytes.subarray(16)).toString('utf8') };
  });
}

const encryptedRows = `SELECT (SELECT count(*) FROM source_connection) + (SELECT count(*) FROM oauth_token)
  + (SELECT count(*) FROM destination) + (SELECT count(*) FROM integration) AS count`;

describe.concurrent('a sample Ballast database', () => {
  test.for([0, 1, 7, 400, 12_345])('has %i encrypted rows if so many are asked for', async (rows) => {
    await withSample(rows, 1, async (client) => {
      expect(Number((await client.query(encryptedRows)).rows[0].count)).toBe(rows);
    });
  });

  test('holds every kind of secret, in the forms that real ones have', async () => {
    await withSample(400, 1, async (client) => {
      const plaintexts = await readPlaintexts(client);
      const all = (kind: string) => plaintexts.filter((each) => each.kind === kind).map(({ text }) => text);
      for (const text of all('credentials')) expect(() => JSON.parse(text)).not.toThrow();
      for (const text of all('access')) expect(text).toMatch(/^ya29\.\w{140,200}$/);
      for (const text of all('refresh')) expect(text).toMatch(/^1\/\/0\w{96}$/);
      for (const text of all('string')) expect(() => new URL(text)).not.toThrow();
      for (const text of all('signing')) expect(text).toMatch(/^whsec_\w{32}$/);
      for (const text of all('password')) expect(text.length).toBeGreaterThan(7);
      expect(new Set(plaintexts.map(({ kind }) => kind)).size).toBe(6);
      expect(plaintexts.filter(({ personal }) => personal).length).toBeGreaterThanOrEqual(2);
    });
  });

  test('has the same plaintexts for the same seed, under fresh ciphertexts', async () => {
    const read = (seed: number) =>
      withSample(60, seed, async (client) => {
        const plaintexts = (await readPlaintexts(client)).map(({ kind, text }) => `${kind}: ${text}`).sort();
        const { rows } = await client.query('SELECT credentials FROM source_connection');
        return { plaintexts, cells: rows.map(({ credentials }) => credentials as string) };
      });
    const [first, again, other] = await Promise.all([read(3), read(3), read(4)]);
    expect(again.plaintexts).toEqual(first.plaintexts);
    expect(other.plaintexts).not.toEqual(first.plaintexts);
    expect(first.cells.some((cell) => again.cells.includes(cell))).toBe(false);
  });
});

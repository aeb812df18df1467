import { createCipheriv, randomBytes } from 'node:crypto';

/** The tables that are rotated: one as Ballast might have it, and the smallest that there can be. */
export const tables = [
  {
    name: 'source_connection',
    column: 'credentials',
    goals: { total: 1.25, lock: 1.15 },
    about: 'uuid key, 8 columns, 3 indexes, 150 to 250 bytes of credentials a row',
    schema: `CREATE TABLE source_connection (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid NOT NULL, collection_id text NOT NULL,
        short_name text NOT NULL, name text NOT NULL, credentials text, created_at timestamptz NOT NULL DEFAULT now(),
        modified_at timestamptz NOT NULL DEFAULT now());
      CREATE INDEX ON source_connection (organization_id);
      CREATE INDEX ON source_connection (collection_id)`,
    insert: `INSERT INTO source_connection (organization_id, collection_id, short_name, name, credentials)
      SELECT md5((n % 50)::text)::uuid, 'col_' || n % 500, 'postgresql', 'Connection ' || n, c
      FROM unnest($1::int[], $2::text[]) AS r (n, c)`,
    secret: (i) =>
      JSON.stringify({
        host: `db-${i}.internal.example.org`,
        port: 5432,
        database: `warehouse_${i % 100}`,
        username: `reader_${i}`,
        password: randomBytes(12 + (i % 24)).toString('base64url'),
        schema: 'public',
      }),
  },
  {
    name: 'narrow',
    column: 'token',
    goals: { total: 1.4, lock: 1.2 },
    about: 'uuid key, nothing but a token of 40 to 60 bytes',
    schema: 'CREATE TABLE narrow (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), token text)',
    insert: 'INSERT INTO narrow (token) SELECT c FROM unnest($1::int[], $2::text[]) AS r (n, c)',
    secret: (i) => `ya29.${randomBytes(26 + (i % 15)).toString('base64url')}`,
  },
];

const batch = 5_000;

/** Creates and fills a table under the key, with ciphertexts made by the runtime's own cipher: base64(IV ‖ ciphertext). */
export async function createTable(client, table, rows, key) {
  await client.query(table.schema);
  for (let start = 0; start < rows; start += batch) {
    const numbers = Array.from({ length: Math.min(batch, rows - start) }, (_, i) => start + i);
    await client.query(table.insert, [numbers, numbers.map((i) => encrypt(table.secret(i), key))]);
  }
}

function encrypt(plaintext, key) {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64');
}

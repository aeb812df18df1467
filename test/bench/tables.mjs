import { createCipheriv, randomBytes } from 'node:crypto';

export const token = (i) => `ya29.${randomBytes(37 + (i % 2)).toString('base64url')}`;
const credentials = (i) =>
  JSON.stringify({
    host: `db-${i}.internal.example.org`,
    port: 5432,
    database: `warehouse_${i % 100}`,
    username: `reader_${i}`,
    password: randomBytes(12 + (i % 24)).toString('base64url'),
    schema: 'public',
  });

/** Tables that are rotated. `share` is how many rows it has of those that were asked for; the first column is the peers'. */
export const tables = {
  narrow: {
    about: 'uuid key, a token of 55 bytes',
    columns: ['token'],
    schema: 'CREATE TABLE narrow (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), token text)',
    insert: 'INSERT INTO narrow (token) SELECT a FROM unnest($1::int[], $2::text[]) AS r (n, a)',
    secret: token,
  },
  wide: {
    about: 'as wide as Ballast’s: uuid key, 8 columns, 3 indexes, 150 to 250 bytes of credentials',
    columns: ['credentials'],
    schema: `CREATE TABLE wide (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid NOT NULL, collection_id text NOT NULL,
        short_name text NOT NULL, name text NOT NULL, credentials text, created_at timestamptz NOT NULL DEFAULT now(),
        modified_at timestamptz NOT NULL DEFAULT now());
      CREATE INDEX ON wide (organization_id);
      CREATE INDEX ON wide (collection_id)`,
    insert: `INSERT INTO wide (organization_id, collection_id, short_name, name, credentials)
      SELECT md5((n % 50)::text)::uuid, 'col_' || n % 500, 'postgresql', 'Connection ' || n, a
      FROM unnest($1::int[], $2::text[]) AS r (n, a)`,
    secret: credentials,
  },
  three: {
    about: 'uuid key, three tokens of 55 bytes',
    columns: ['access', 'refresh', 'secret'],
    schema:
      'CREATE TABLE three (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), access text, refresh text, secret text)',
    insert: `INSERT INTO three (access, refresh, secret)
      SELECT a, b, c FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]) AS r (n, a, b, c)`,
    secret: token,
  },
  keyless: {
    about: 'no primary key, a token of 55 bytes',
    columns: ['token'],
    schema: 'CREATE TABLE keyless (n int, token text)',
    insert: 'INSERT INTO keyless (n, token) SELECT n, a FROM unnest($1::int[], $2::text[]) AS r (n, a)',
    secret: token,
  },
  jsonb: {
    about: 'uuid key, a token of 55 bytes as a leaf of a document',
    columns: ['settings'],
    path: '$.auth.token',
    schema: 'CREATE TABLE jsonb (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), settings jsonb)',
    insert: `INSERT INTO jsonb (settings)
      SELECT jsonb_build_object('account', 'acct_' || n, 'auth', jsonb_build_object('token', a, 'kind', 'oauth'))
      FROM unnest($1::int[], $2::text[]) AS r (n, a)`,
    secret: token,
  },
  large: {
    about: 'uuid key, 4 kB of certificate; the bare UPDATE stores it anew too',
    columns: ['credentials'],
    share: 0.1,
    // what is stored beside the row would stay where it is, were it assigned to itself
    rewritten: "credentials || ''",
    schema: 'CREATE TABLE large (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), credentials text)',
    insert: 'INSERT INTO large (credentials) SELECT a FROM unnest($1::int[], $2::text[]) AS r (n, a)',
    secret: () =>
      `-----BEGIN CERTIFICATE-----\n${randomBytes(2982).toString('base64')}\n-----END CERTIFICATE-----\n`,
  },
};

const batch = 5_000;

/**
 * Creates and fills a table under the key. `cells` gives the columns of the row that has a number; without it, they are ciphertexts made by the
 * runtime's own cipher: base64(IV ‖ ciphertext).
 */
export async function createTable(client, { schema, insert, columns, secret, cells }, rows, key) {
  const cellsOf = cells ?? ((i) => columns.map(() => encrypt(secret(i), key)));
  await client.query(schema);
  for (let start = 0; start < rows; start += batch) {
    const numbers = Array.from({ length: Math.min(batch, rows - start) }, (_, i) => start + i);
    const filled = numbers.map((i) => cellsOf(i, key));
    await client.query(insert, [numbers, ...columns.map((_, column) => filled.map((row) => row[column]))]);
  }
  await client.query('VACUUM ANALYZE');
}

/** The inventory of a table, in a version that Keel reads. */
export function inventoryOf(name, { columns, path }) {
  return {
    version: path === undefined ? 1 : 2,
    columns: columns.map((column) => ({
      schema: 'public',
      table: name,
      column,
      ...(path !== undefined && { path }),
      layout: 'base64',
      kind: 'credentials',
    })),
  };
}

/** One value under a key, by the runtime's own cipher. */
export function encrypt(plaintext, key) {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64');
}

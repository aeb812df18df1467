import { createCipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.ts';

/** IV and ciphertext by Node's own cipher. */
export function seal(plaintext: string, key: Buffer, cipher = 'aes-256-cfb'): [iv: Buffer, body: Buffer] {
  const iv = randomBytes(16);
  const encipher = createCipheriv(cipher, key, iv);
  return [iv, Buffer.concat([encipher.update(plaintext, 'utf8'), encipher.final()])];
}
export const base64 = (plaintext: string, key: Buffer) =>
  Buffer.concat(seal(plaintext, key)).toString('base64');
const encoded = (plaintext: string, key: Buffer, encoding: BufferEncoding) =>
  Buffer.concat(seal(plaintext, key)).toString(encoding);

const schema = `
  CREATE SCHEMA "Odd Schema";
  CREATE DOMAIN secret_text AS varchar(400);
  CREATE TABLE "Odd Schema"."User's ""Secrets""" (id int PRIMARY KEY, "the API key" text, hash text);
  CREATE TABLE account (id uuid PRIMARY KEY, access_token text, refresh_token varchar(400), external_id text,
    digest text, avatar text, label text, copied text GENERATED ALWAYS AS (access_token) STORED);
  CREATE TABLE blobs (id int PRIMARY KEY, sealed bytea, eight bytea, image bytea);
  CREATE TABLE connection (id int PRIMARY KEY, settings text, dsn secret_text, password text);
  CREATE TABLE event (id int, at date, token text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE event_old PARTITION OF event FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
  CREATE TABLE event_new PARTITION OF event FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
  CREATE TABLE document (id int PRIMARY KEY, settings jsonb, original json, as_text text, sealed_object jsonb);
  CREATE TABLE rare (id int PRIMARY KEY, secret text);
  CREATE TABLE foreign_secret (id int PRIMARY KEY, value text);
  CREATE TABLE empty_secret (id int PRIMARY KEY, value text, blob bytea)`;

export interface DiscoveryDatabase extends TestDatabase {
  readonly key: Buffer;
}

/** Ciphertexts in every written form next to what only looks like some, in a schema as foreign programs make them. */
export async function createDiscoveryDatabase(rows = 40): Promise<DiscoveryDatabase> {
  const database = await createTestDatabase();
  const { client } = database;
  const key = randomBytes(32);
  await client.query(schema);
  const insert = async (table: string, columns: string, make: (i: number) => readonly unknown[]) => {
    for (let i = 0; i < rows; i++) {
      const values = make(i);
      const places = values.map((_, n) => `$${n + 1}`).join(', ');
      await client.query(`INSERT INTO ${table} (${columns}) VALUES (${places})`, [...values]);
    }
  };
  await client.query('BEGIN');
  await insert(`"Odd Schema"."User's ""Secrets"""`, 'id, "the API key", hash', (i) => [
    i,
    i % 9 === 0 ? null : `ENC:${base64(`sk_live_${i}-${'x'.repeat(i % 5)}`, key)}`,
    bcryptLike(),
  ]);
  await insert('account', 'id, access_token, refresh_token, external_id, digest, avatar, label', (i) => [
    randomUUID(),
    base64(`ya29.access-${i}`, key),
    encoded(`1//refresh-${i}`, key, 'base64url'),
    randomUUID(),
    createHash('sha256').update(`${i}`).digest('hex'),
    image(i).toString('base64'),
    `label ${i}`,
  ]);
  await insert('blobs', 'id, sealed, eight, image', (i) => [
    i,
    Buffer.concat(seal(`sealed as bytes ${i}`, key)),
    Buffer.concat(seal(`eight bits at a time ${i}`, key, 'aes-256-cfb8')),
    image(i),
  ]);
  await insert('connection', 'id, settings, dsn, password', (i) => [
    i,
    encoded(JSON.stringify({ host: `h${i}`, user: 'u' }), key, 'hex'),
    encoded(`postgres://user:word${i}@db/app`, key, 'hex').toUpperCase(),
    hexAndBase64(`the password ${i}`, key),
  ]);
  await insert('event', 'id, at, token', (i) => [
    i,
    i % 2 ? '2019-06-01' : '2021-06-01',
    base64(`event token ${i}`, key),
  ]);
  await insert('document', 'id, settings, original, as_text, sealed_object', (i) => [
    i,
    JSON.stringify({
      smtp: { password: base64(`smtp password ${i}`, key), host: 'mail', size: i },
      list: [{ secret: base64(`a ${i}`, key) }, { secret: base64(`b ${i}`, key), plain: 'x' }],
    }),
    JSON.stringify({ 'odd key': base64(`odd ${i}`, key), id: randomUUID() }),
    JSON.stringify({ [`user${i}`]: { token: base64(`token of user ${i}`, key), name: `User ${i}` } }),
    JSON.stringify(object(`sealed in an object ${i}`, key)),
  ]);
  await insert('rare', 'id, secret', (i) => [i, i % 20 ? null : base64(`a rare secret, number ${i}`, key)]);
  await client.query('INSERT INTO rare (id) SELECT g FROM generate_series(1000, 2000) AS g');
  const another = randomBytes(32);
  await insert('foreign_secret', 'id, value', (i) => [
    i,
    base64(`another's secret ${'y'.repeat(i % 7)}`, another),
  ]);
  await client.query(
    `COMMIT; CREATE MATERIALIZED VIEW account_copy AS SELECT id, access_token FROM account; ANALYZE`,
  );
  return { ...database, key };
}

function hexAndBase64(plaintext: string, key: Buffer): string {
  const [iv, body] = seal(plaintext, key);
  return `${iv.toString('hex')}:${body.toString('base64')}`;
}

function object(plaintext: string, key: Buffer): { iv: string; data: string } {
  const [iv, body] = seal(plaintext, key);
  return { iv: iv.toString('base64'), data: body.toString('base64') };
}

function bcryptLike(): string {
  const text = randomBytes(48).toString('base64').replaceAll('+', '.').slice(0, 53);
  return `$2b$10$${text}`;
}

/** Like a picture of 64 by 64 pixels: the head of a PNG, and noise of some length. */
function image(i: number): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d4948445200000040000000400806000000', 'hex');
  return Buffer.concat([head, randomBytes(100 + 7 * i)]);
}

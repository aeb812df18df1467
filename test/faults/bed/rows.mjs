// The encrypted rows of a case: written, read and altered as an application would, with a cipher of its own.
import { open, seal } from './cipher.mjs';

export const rowCount = 12;
const looseCount = 5;

/** What `keel discover` finds of these tables. */
export const inventory = {
  version: 1,
  columns: [
    { schema: 'public', table: 'vault', column: 's', layout: 'base64', kind: 'credentials' },
    { schema: 'public', table: 'vault', column: 'raw', layout: 'raw', kind: 'unknown' },
    {
      schema: 'public',
      table: 'vault',
      column: 'doc',
      path: '$.token',
      layout: 'hex',
      kind: 'api-credential',
    },
    { schema: 'public', table: 'loose', column: 'v', layout: 'base64', kind: 'unknown' },
  ],
};

export async function createRows(client, key) {
  await client.query(`
    CREATE TABLE vault (id int PRIMARY KEY, s text, raw bytea, doc jsonb, n int DEFAULT 0);
    CREATE TABLE loose (v text)`);
  for (let id = 1; id <= rowCount; id++) {
    const hasBytes = id % 7 !== 0;
    await client.query('INSERT INTO vault VALUES ($1, $2, $3, $4)', [
      id,
      text(key, `{"username": "user${id}", "password": "secret number ${id}"}`),
      hasBytes ? seal(key, `-----BEGIN TOKEN----- number ${id} of the bytes`) : null,
      JSON.stringify({ host: `h${id}`, token: seal(key, `refresh token, number ${id}`).toString('hex') }),
    ]);
  }
  for (let id = 1; id <= looseCount; id++)
    await client.query('INSERT INTO loose VALUES ($1)', [text(key, `a row without a name, number ${id}`)]);
}

/** As Ballast stores a credential. */
export const text = (key, plaintext) => seal(key, plaintext).toString('base64');

/** Every ciphertext with the place where it is; a table without a primary key has one place for all its rows. */
export async function readSealed(client) {
  const vault = await client.query(`SELECT id, s, raw, doc ->> 'token' AS token FROM vault ORDER BY id`);
  const loose = await client.query('SELECT v FROM loose');
  const cells = [];
  for (const { id, s, raw, token } of vault.rows) {
    cells.push({ place: `vault ${id} s`, sealed: bytes(s, 'base64') });
    cells.push({ place: `vault ${id} raw`, sealed: raw });
    cells.push({ place: `vault ${id} doc`, sealed: bytes(token, 'hex') });
  }
  for (const { v } of loose.rows) cells.push({ place: 'loose', sealed: bytes(v, 'base64') });
  return cells;
}

const bytes = (value, encoding) => (value === null ? null : Buffer.from(value, encoding));

/** Every value under one key, as sorted lines that two readings are compared by. */
export function opened(cells, key) {
  return cells.map(({ place, sealed }) => `${place}: ${sealed === null ? 'NULL' : open(key, sealed)}`).sort();
}

/** Of what a reading should be, the lines that are not in it. */
export function missing(expected, lines) {
  const left = new Map();
  for (const line of lines) left.set(line, (left.get(line) ?? 0) + 1);
  return expected.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** One credential written anew, by whoever holds that key. */
export const lateText = (client, id, key, plaintext) =>
  client.query('UPDATE vault SET s = $2, n = n + 1 WHERE id = $1', [id, text(key, plaintext)]);

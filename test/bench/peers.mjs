import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * What other tools do, as they do it: each value by itself through the runtime's cipher, and rows written back one by one, in one
 * transaction or committed now and then, or in arrays. No backup, no proof of the key, no comparison.
 */
export const peers = {
  'row by row, one transaction': rowByRow({ commitEvery: Infinity }),
  'row by row, COMMIT every 500': rowByRow({ commitEvery: 500 }),
  'UPDATE … FROM unnest of 1,024': inArrays(1_024),
};

function rowByRow({ commitEvery }) {
  return async (client, name, column, keys) => {
    const { rows } = await client.query(`SELECT id, ${column} AS value FROM ${name}`);
    await client.query('BEGIN');
    for (const [i, { id, value }] of rows.entries()) {
      if (i > 0 && i % commitEvery === 0) await client.query('COMMIT; BEGIN');
      await client.query(`UPDATE ${name} SET ${column} = $2 WHERE id = $1`, [id, recrypt(value, keys)]);
    }
    await client.query('COMMIT');
  };
}

function inArrays(size) {
  return async (client, name, column, keys) => {
    await client.query('BEGIN');
    await client.query(`DECLARE c CURSOR FOR SELECT id, ${column} AS value FROM ${name}`);
    for (;;) {
      const { rows } = await client.query(`FETCH ${size} FROM c`);
      if (rows.length === 0) break;
      await client.query(
        `UPDATE ${name} AS t SET ${column} = r.value FROM unnest($1::uuid[], $2::text[]) AS r (id, value) WHERE t.id = r.id`,
        [rows.map(({ id }) => id), rows.map(({ value }) => recrypt(value, keys))],
      );
    }
    await client.query('COMMIT');
  };
}

function recrypt(value, { from, to }) {
  const sealed = Buffer.from(value, 'base64');
  const decipher = createDecipheriv('aes-256-cfb', from, sealed.subarray(0, 16));
  const plain = Buffer.concat([decipher.update(sealed.subarray(16)), decipher.final()]);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', to, iv);
  return Buffer.concat([iv, cipher.update(plain), cipher.final()]).toString('base64');
}

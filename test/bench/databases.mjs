import { randomBytes } from 'node:crypto';
import { createTable } from './tables.mjs';
import { connect } from './server.mjs';

/** Makes a database that holds one filled table, and gives every measurement a fresh copy of it. */
export async function filledTable({ port }, name, table, rows, key) {
  const admin = await connect(port, 'postgres');
  const template = `filled_${name}_${rows}`;
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [template]);
  if (rowCount === 0) {
    await admin.query(`CREATE DATABASE ${template}`);
    const client = await connect(port, template);
    await createTable(client, table, rows, key);
    await client.end();
  }
  return {
    async onCopy(work) {
      const copy = `copy_${randomBytes(4).toString('hex')}`;
      await admin.query(`CREATE DATABASE ${copy} TEMPLATE ${template} STRATEGY file_copy`);
      await admin.query('CHECKPOINT');
      try {
        return await work(copy);
      } finally {
        await admin.query(`DROP DATABASE ${copy} WITH (FORCE)`);
      }
    },
    async remove() {
      await admin.query(`DROP DATABASE ${template} WITH (FORCE)`);
      await admin.end();
    },
  };
}

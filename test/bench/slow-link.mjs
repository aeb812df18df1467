// Measures a rotation over a link with a delay against the same over loopback, in turn in one run.
// usage: node test/bench/slow-link.mjs [--rows N] [--rounds N] [--delay MS]
import { randomBytes } from 'node:crypto';
import { connect as connectTo, createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { keysIn, rotateOnce } from './rotation.mjs';
import { connect, databaseUrl, medianOf, withServer } from './server.mjs';
import { createTable, tables } from './tables.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    delay: { type: 'string', default: '100' },
  },
});
const [rows, rounds, delay] = [values.rows, values.rounds, values.delay].map(Number);
const table = tables.find(({ name }) => name === 'narrow');

/** A TCP proxy that hands everything on after half the delay, in order and as fast as it comes. */
async function withDelay(port, ms, work) {
  const server = createServer((near) => {
    const far = connectTo(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      from.setNoDelay(true);
      from.on('error', () => undefined);
      from.on('data', (chunk) => {
        // a window of what is under way, as a link has one
        if (to.writableLength > 1 << 22) from.pause();
        setTimeout(() => to.write(chunk, () => from.resume()), ms / 2);
      });
      from.once('close', () => setTimeout(() => to.end(), ms / 2));
    }
  });
  await new Promise((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const result = await work(server.address().port);
  server.close();
  return result;
}

await withServer(async ({ port, folder }) => {
  const keys = await keysIn(folder, randomBytes(32), randomBytes(32));
  const admin = await connect(port, 'postgres');
  await admin.query('CREATE DATABASE filled');
  const client = await connect(port, 'filled');
  await createTable(client, table, rows, keys.from);
  await client.query('VACUUM ANALYZE');
  await client.end();
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const [near, far] = [await rotateCopy(port), await withDelay(port, delay, rotateCopy)];
    results.push({ near, far });
    console.log(
      `loopback ${told(near)}   over ${delay} ms ${told(far)}   total ${(far.totalMs / near.totalMs).toFixed(2)}`,
    );
  }
  await admin.end();
  const allowed = { total: ({ near }) => 1.5 * near.totalMs + 1000, lock: ({ near }) => near.lockMs + 1000 };
  for (const what of ['total', 'lock']) {
    const over = medianOf(results, (result) => result.far[`${what}Ms`] - allowed[what](result));
    console.log(`${what}: ${over <= 0 ? 'met' : `MISSED by ${Math.round(over)} ms`}`);
  }

  async function rotateCopy(at) {
    const name = `copy_${randomBytes(4).toString('hex')}`;
    await admin.query(`CREATE DATABASE ${name} TEMPLATE filled STRATEGY file_copy`);
    await admin.query('CHECKPOINT');
    const result = await rotateOnce(folder, databaseUrl(at, name), keys, table);
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    return result;
  }
});

function told({ totalMs, lockMs, wallMs }) {
  return `${totalMs} ms (lock ${lockMs} ms, whole command ${Math.round(wallMs)} ms)`;
}

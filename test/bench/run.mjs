// Measures a rotation against its floor, a bare UPDATE of the same rows on the same server in the same run.
// usage: node test/bench/run.mjs [--rows N] [--rounds N]
import { randomBytes } from 'node:crypto';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { archiveOnce } from './archive.mjs';
import { createTable, tables } from './tables.mjs';
import { keysIn, rotateOnce } from './rotation.mjs';
import { connect, databaseUrl, medianOf, withServer } from './server.mjs';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '300000' }, rounds: { type: 'string', default: '3' } },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);

await withServer(async ({ port, folder }) => {
  console.log(
    `${rows.toLocaleString('en')} rows, ${rounds} rounds, ${cpus().length} × ${cpus()[0].model}, Node ${process.version}\n`,
  );
  const keys = await keysIn(folder, randomBytes(32), randomBytes(32));
  for (const table of tables) await measure(table, { keys, port, folder });
});

/** Fills the table once; every measurement gets a fresh copy of it. */
async function measure(table, { keys, port, folder }) {
  const admin = await connect(port, 'postgres');
  const sizes = [Math.round(rows / 10), rows];
  for (const size of sizes) {
    await admin.query(`CREATE DATABASE filled_${table.name}_${size}`);
    const client = await connect(port, `filled_${table.name}_${size}`);
    await createTable(client, table, size, keys.from);
    await client.query('VACUUM ANALYZE');
    await client.end();
  }
  const results = [];
  let small;
  for (let round = 0; round < rounds; round++) {
    const floor = await onCopy(admin, table, rows, async (name) => {
      const client = await connect(port, name);
      const startedAt = performance.now();
      await client.query(`UPDATE ${table.name} SET ${table.column} = ${table.column}`);
      const ms = performance.now() - startedAt;
      await client.end();
      return ms;
    });
    const rotation = await onCopy(admin, table, rows, (name) =>
      rotateOnce(folder, databaseUrl(port, name), keys, table),
    );
    results.push({ floor, ...rotation });
  }
  small = await onCopy(admin, table, sizes[0], (name) =>
    rotateOnce(folder, databaseUrl(port, name), keys, table),
  );
  const archives = [];
  for (const size of sizes) {
    archives.push(
      await onCopy(admin, table, size, async (name) => {
        // values move on by a row, so that all but one differ from the archive
        const disturb = async () => {
          const client = await connect(port, name);
          const { name: of, column } = table;
          await client.query(`UPDATE ${of} AS t SET ${column} = n.v
            FROM (SELECT id, lead(${column}) OVER (ORDER BY id) AS v FROM ${of}) AS n WHERE n.id = t.id AND n.v IS NOT NULL`);
          await client.end();
        };
        return archiveOnce(folder, databaseUrl(port, name), keys, table, disturb);
      }),
    );
  }
  await admin.end();
  report(table, results, small, sizes[0]);
  reportArchives(archives, sizes);
}

async function onCopy(admin, table, size, work) {
  const name = `copy_${randomBytes(4).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE filled_${table.name}_${size} STRATEGY file_copy`);
  await admin.query('CHECKPOINT');
  const result = await work(name);
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  return result;
}

function reportArchives(archives, sizes) {
  for (const [i, { exported, verified, imported, megabytes }] of archives.entries()) {
    const told = ({ ms, peakMb }) => `${(ms / 1000).toFixed(1)} s, peak ${peakMb} MB`;
    console.log(
      `  archive of ${sizes[i].toLocaleString('en')} rows (${megabytes.toFixed(0)} MiB): export ${told(exported)}; verify ${told(verified)}; import of all ${told(imported)}`,
    );
  }
  console.log();
}

function report({ goals, ...table }, results, small, smallRows) {
  const median = (pick) => medianOf(results, pick);
  const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
  console.log(`${table.name}: ${table.about}`);
  for (const { floor, totalMs, lockMs, wallMs, cpuMs, rows: rewritten } of results) {
    const perRow = ((cpuMs * 1000) / rewritten).toFixed(1);
    console.log(
      `  floor ${seconds(floor)}   rotation ${seconds(totalMs)} (under lock ${seconds(lockMs)}; whole command ${seconds(wallMs)}, CPU ${seconds(cpuMs)}, ${perRow} µs a row)`,
    );
  }
  for (const [what, pick, goal] of [
    ['rotation', ({ totalMs, floor }) => totalMs / floor, goals.total],
    ['lock', ({ lockMs, floor }) => lockMs / floor, goals.lock],
  ]) {
    const ratio = median(pick);
    const told = ratio <= goal ? 'met' : 'MISSED';
    console.log(`  median ratio of the ${what} to the floor ${ratio.toFixed(2)} (goal ${goal}: ${told})`);
  }
  console.log(
    `  peak memory ${small.peakMb} MB at ${smallRows.toLocaleString('en')} rows, ${median((result) => result.peakMb)} MB at ${rows.toLocaleString('en')}\n`,
  );
}

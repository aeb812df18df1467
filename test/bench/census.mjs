// Measures how fast cells are looked through, against reading the same rows and doing nothing, on the same server in the same run.
// usage: node test/bench/census.mjs [--rows N] [--rounds N] [--keys N] [--tables NAME,NAME]
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { censusTables } from './census-tables.mjs';
import { connect, medianOf, withServer } from './server.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '300000' },
    rounds: { type: 'string', default: '5' },
    keys: { type: 'string', default: '2' },
    tables: { type: 'string', default: '' },
  },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);

// under the project, so that its dependencies are found
const built = join(import.meta.dirname, '..', '..', 'out', 'bench');

await withServer(
  async ({ port }) => {
    const { CellScanner, EncryptionKey, PlaceEvidence, readCopy } = await load();
    const keys = Array.from({ length: Number(values.keys) }, () => new EncryptionKey(randomBytes(32)));
    console.log(
      `${rows.toLocaleString('en')} rows, ${rounds} rounds, ${keys.length} keys, Node ${process.version}`,
    );
    console.log(
      'wall and client CPU in seconds, medians; ratio: reading alone / reading and looking through\n',
    );
    const chosen = values.tables === '' ? undefined : values.tables.split(',');
    for (const table of censusTables(keys[0].bytes)) {
      if (!chosen || chosen.includes(table.name))
        await measure(table, port, { CellScanner, PlaceEvidence, readCopy, keys });
    }
  },
  ['-c', 'fsync=off'],
).finally(() => rm(built, { recursive: true, force: true }));

/** The parts under test, built as the product is. */
async function load() {
  const parts = {
    'cell-scanner': 'src-main/evidence/scan/cell-scanner.ts',
    'place-evidence': 'src-main/evidence/place-evidence.ts',
    'copy-reader': 'src-main/postgres/copy-reader.ts',
    'encryption-key': 'src-main/crypto/encryption-key.ts',
  };
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      target: 'node20.19',
      outDir: built,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { input: parts, output: { entryFileNames: '[name].mjs' } },
    },
  });
  const modules = await Promise.all(
    Object.keys(parts).map((name) => import(pathToFileURL(join(built, `${name}.mjs`)).href)),
  );
  return Object.assign({}, ...modules);
}

async function measure(table, port, parts) {
  const client = await connect(port, 'postgres');
  await client.query(table.schema);
  const count = Math.round(rows * table.share);
  for (let start = 0; start < count; start += 5_000) {
    const cells = Array.from({ length: Math.min(5_000, count - start) }, (_, i) => table.cell(start + i));
    await client.query(table.insert, [cells]);
  }
  await client.query(`VACUUM ANALYZE ${table.name}`);
  const results = [];
  for (let round = 0; round <= rounds; round++) {
    const idle = await timed(() => drain(client, table, parts));
    const work = await timed(() => census(client, table, parts));
    // the first round warms up the server's cache and the compiler
    if (round > 0) results.push({ idle, work });
  }
  await client.query(`DROP TABLE ${table.name}`);
  await client.end();
  report(table, results);
}

async function drain(client, { select }, { readCopy }) {
  let bytes = 0;
  for await (const { lengths } of readCopy(client, select))
    for (const length of lengths) bytes += Math.max(0, length);
  return { bytes };
}

async function census(client, { select }, { CellScanner, PlaceEvidence, readCopy, keys }) {
  const scanner = new CellScanner(keys);
  const places = [new PlaceEvidence(), new PlaceEvidence()];
  let bytes = 0;
  let count = 0;
  let hits = 0;
  const enter = () => {
    for (const hit of scanner.flush()) {
      places[hit.column].add(hit);
      hits++;
    }
  };
  for await (const { data, firstRow, rows, columns, starts, lengths } of readCopy(client, select)) {
    count += rows;
    for (let row = 0, i = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, i++) {
        const length = lengths[i];
        if (length < 0) continue;
        bytes += length;
        scanner.add(firstRow + row, column, data, starts[i], starts[i] + length, 'text');
      }
      if (scanner.full) enter();
    }
    enter();
  }
  const tried = scanner.takeTried().get(1) ?? { runs: 0, bodies: 0 };
  return {
    bytes,
    rows: count,
    hits,
    verdicts: places[1].verdicts(tried, { places: 100, keys: keys.length }),
  };
}

async function timed(work) {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ...result, wall: (performance.now() - startedAt) / 1000, cpu: (user + system) / 1e6 };
}

function report({ name, about }, results) {
  const median = (pick) => medianOf(results, pick);
  const { bytes, hits, verdicts } = results[0].work;
  const speed = (seconds) => `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
  const idle = median((one) => one.idle.wall);
  const work = median((one) => one.work.wall);
  console.log(`${name}: ${about}, ${(bytes / 1e6).toFixed(0)} MB`);
  console.log(
    `  reading alone ${idle.toFixed(3)} (CPU ${median((one) => one.idle.cpu).toFixed(3)}), ${speed(idle)}`,
  );
  console.log(
    `  and looking through ${work.toFixed(3)} (CPU ${median((one) => one.work.cpu).toFixed(3)}), ${speed(work)}`,
  );
  const perRow = median((one) => ((one.work.cpu - one.idle.cpu) * 1e6) / one.work.rows);
  console.log(`  CPU of looking through: ${perRow.toFixed(2)} µs a row`);
  const ratio = median((one) => one.idle.wall / one.work.wall);
  // on a busy machine both sides of the first wait for others; the second is what two free cores would give
  const free = median((one) => one.idle.wall / Math.max(one.idle.wall, one.work.cpu));
  console.log(
    `  ratio ${ratio.toFixed(2)} (goal 0.5: ${ratio >= 0.5 ? 'met' : 'MISSED'}); by CPU ${free.toFixed(2)}`,
  );
  const [first] = verdicts;
  const told = first
    ? `${first.verdict} by ${first.bits.toFixed(0)} bits, ${first.frame} ${first.segment}`
    : 'nothing';
  console.log(`  ${hits.toLocaleString('en')} hits, ${told}\n`);
}

import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFrom } from '../built-parts.mjs';
import { interleave, measure, ratio, timed } from '../measure.mjs';
import { connect } from '../server.mjs';
import { censusTables } from './census-tables.mjs';

const headlines = { narrow: 'a column of ciphertexts', document: 'JSON of events', prose: 'prose' };

/** How fast cells are searched, against taking the same rows from the same server and dropping them. */
export async function census({ server, rows, rounds, only }) {
  const { CellScanner, EncryptionKey, readCopy, takeFileCensus } = await builtFrom([
    'evidence/scan/cell-scanner',
    'postgres/copy-reader',
    'crypto/encryption-key',
    'census/files/census-file',
  ]);
  const keys = Array.from({ length: 2 }, () => new EncryptionKey(randomBytes(32)));
  const measures = [];
  for (const table of censusTables(keys[0].bytes)) {
    if (only && !only.includes(table.name)) continue;
    const client = await connect(server.port, 'postgres');
    await fill(client, table, rows);
    const samples = await interleave(
      rounds,
      {
        read: () => timed(() => drain(readCopy(client, table.select))),
        census: () => timed(() => search(readCopy(client, table.select), new CellScanner(keys))),
      },
      { warmUp: true },
    );
    const file = join(server.folder, `${table.name}.txt`);
    await dump(client, table, file);
    const megabytes = (await stat(file)).size / 1e6;
    const files = await interleave(rounds, {
      census: () => timed(async () => void (await takeFileCensus(file, { keys }))),
    });
    await rm(file);
    await client.query(`DROP TABLE ${table.name}`);
    await client.end();
    const bytes = samples.census[0].bytes / 1e6;
    const label = `${table.name} (${table.about})`;
    measures.push(
      measure(`${label}: COPY alone to COPY and census`, '×', ratio(samples, 'read', 'census'), {
        goal: 0.5,
        atLeast: true,
        ...(headlines[table.name] && {
          headline: `Speed of a census of ${headlines[table.name]}, to a bare COPY`,
        }),
      }),
      measure(
        `${label}: COPY alone`,
        'MB/s',
        samples.read.map(({ seconds }) => bytes / seconds),
      ),
      measure(
        `${label}: COPY and census`,
        'MB/s',
        samples.census.map(({ seconds }) => bytes / seconds),
      ),
      measure(
        `${label}: a file of ${Math.round(megabytes)} MB`,
        'MB/s',
        files.census.map(({ seconds }) => megabytes / seconds),
        {
          goal: 300,
          atLeast: true,
        },
      ),
    );
  }
  return measures;
}

async function fill(client, { name, schema, insert, cell, share }, rows) {
  await client.query(schema);
  const count = Math.round(rows * share);
  for (let start = 0; start < count; start += 5_000) {
    const cells = Array.from({ length: Math.min(5_000, count - start) }, (_, i) => cell(start + i));
    await client.query(insert, [cells]);
  }
  await client.query(`VACUUM ANALYZE ${name}`);
}

/** The table as pg_dump writes it: a COPY block. */
async function dump(client, { name }, path) {
  const { to } = await import('pg-copy-streams');
  const out = createWriteStream(path);
  const { rows } = await client.query(
    `SELECT string_agg(attname, ', ' ORDER BY attnum) AS columns FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0`,
    [name],
  );
  out.write(`COPY public.${name} (${rows[0].columns}) FROM stdin;\n`);
  for await (const chunk of client.query(to(`COPY ${name} TO STDOUT`))) {
    if (!out.write(chunk)) await new Promise((done) => out.once('drain', done));
  }
  await new Promise((done) => out.end('\\.\n', done));
}

async function drain(batches) {
  let bytes = 0;
  for await (const { lengths } of batches) for (const length of lengths) bytes += Math.max(0, length);
  return { bytes };
}

async function search(batches, scanner) {
  let bytes = 0;
  let hits = 0;
  for await (const { data, firstRow, rows, columns, starts, lengths } of batches) {
    for (let row = 0, i = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, i++) {
        const length = lengths[i];
        if (length < 0) continue;
        bytes += length;
        scanner.add(firstRow + row, column, data, starts[i], starts[i] + length, 'text');
      }
      if (scanner.full) for (const _ of scanner.flush()) hits++;
    }
    for (const _ of scanner.flush()) hits++;
  }
  return { bytes, hits };
}

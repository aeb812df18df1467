import { filledTable } from '../databases.mjs';
import { inventoryFile, keel } from '../keel.mjs';
import { interleave, measure, ratio, timed } from '../measure.mjs';
import { connect, databaseUrl } from '../server.mjs';
import { inventoryOf, tables } from '../tables.mjs';

const goals = { narrow: { total: 1.4, lock: 1.2 }, wide: { total: 1.25, lock: 1.15 } };
const rowsOf = { narrow: 'narrow rows', wide: 'rows as wide as Ballast’s' };

/** Rotations and proofs of every kind of table, against a bare UPDATE and a bare COPY of the same columns. */
export async function rotation({ server, keys, rows: asked, rounds }) {
  const measures = [];
  for (const [name, table] of Object.entries(tables)) {
    const rows = Math.round(asked * (table.share ?? 1));
    const filled = await filledTable(server, name, table, rows, keys.from);
    const few = await filledTable(server, name, table, 10, keys.from);
    const samples = await interleave(rounds, {
      floor: () => filled.onCopy((copy) => floor(server, copy, name, table)),
      read: () => filled.onCopy((copy) => readFloor(server, copy, name, table)),
      prove: () => filled.onCopy((copy) => prove(server, copy, name, table, keys)),
      // a command's start, its connection and its questions about the table take as long whatever is in it
      proveOne: () => few.onCopy((copy) => prove(server, copy, name, table, keys)),
      rotate: () => filled.onCopy((copy) => rotate(server, copy, name, table, keys)),
    });
    await filled.remove();
    await few.remove();
    const label = `${name} (${rows.toLocaleString('en')} rows; ${table.about})`;
    measures.push(
      measure(
        `${label}: rotation to a bare UPDATE`,
        '×',
        ratio(samples, 'rotate', 'floor', (one) => one.total),
        {
          goal: goals[name]?.total,
          ...(rowsOf[name] && {
            headline: `Rotation of ${rowsOf[name]} with all its checks, against a bare UPDATE`,
          }),
        },
      ),
      measure(
        `${label}: lock to a bare UPDATE`,
        '×',
        ratio(samples, 'rotate', 'floor', (one) => one.lock),
        {
          goal: goals[name]?.lock,
          ...(rowsOf[name] && { headline: 'Of that, the time in which writers wait' }),
        },
      ),
      measure(
        `${label}: prove, less what 10 rows take it, to COPY of the column`,
        '×',
        samples.prove.map(
          ({ seconds }, i) => (seconds - samples.proveOne[i].seconds) / samples.read[i].seconds,
        ),
        {
          goal: 2,
          ...(rowsOf[name] && {
            headline: `Proof of a key on ${rowsOf[name]}, against a bare COPY of the column`,
          }),
        },
      ),
      measure(
        `${label}: prove, the whole command, to COPY of the column`,
        '×',
        ratio(samples, 'prove', 'read'),
      ),
      measure(
        `${label}: a bare UPDATE`,
        's',
        samples.floor.map(({ seconds }) => seconds),
      ),
      measure(
        `${label}: COPY of the column`,
        's',
        samples.read.map(({ seconds }) => seconds),
      ),
      measure(
        `${label}: rotation`,
        's',
        samples.rotate.map(({ total }) => total),
      ),
      measure(
        `${label}: client CPU of the whole command`,
        'µs a row',
        samples.rotate.map(({ cpu }) => (cpu * 1e6) / rows),
      ),
      measure(
        `${label}: peak memory`,
        'MB',
        samples.rotate.map(({ peakMb }) => peakMb),
      ),
    );
  }
  return measures;
}

/** What PostgreSQL itself takes to rewrite the rows. */
export async function floor({ port }, copy, name, { columns, rewritten }) {
  const client = await connect(port, copy);
  const set = columns.map((column) => `${column} = ${rewritten ?? column}`).join(', ');
  const sample = await timed(() => client.query(`UPDATE ${name} SET ${set}`));
  await client.end();
  return sample;
}

/** What it takes to hand the columns out, and us to take and drop them. */
export async function readFloor({ port }, copy, name, { columns }) {
  const client = await connect(port, copy);
  const sample = await timed(async () => {
    const { to } = await import('pg-copy-streams');
    for await (const _ of client.query(to(`COPY ${name} (${columns.join(', ')}) TO STDOUT (FORMAT binary)`)));
  });
  await client.end();
  return sample;
}

async function prove({ port, folder }, copy, name, table, keys) {
  const inventory = await inventoryFile(folder, inventoryOf(name, table));
  const given = [
    '--database',
    databaseUrl(port, copy),
    '--inventory',
    inventory,
    '--key-file',
    keys.fromFile,
  ];
  return keel(folder, ['prove', '--json', ...given]);
}

/** One rotation by the command line: seconds in all and under the lock as it tells them, CPU and memory of its process. */
export async function rotate({ port, folder }, copy, name, table, keys) {
  const inventory = await inventoryFile(folder, inventoryOf(name, table));
  const sample = await keel(folder, [
    ...['rotate', '--json', '--yes', '--database', databaseUrl(port, copy), '--inventory', inventory],
    ...['--from-key-file', keys.fromFile, '--to-key-file', keys.toFile, '--keep-keys-in', 'own-files'],
  ]);
  const { totalMs, lockMs } = sample.json.rotation;
  return { ...sample, total: totalMs / 1000, lock: lockMs / 1000 };
}

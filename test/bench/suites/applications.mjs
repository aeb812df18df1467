import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applications } from '../application-tables.mjs';
import { filledTable } from '../databases.mjs';
import { keel } from '../keel.mjs';
import { interleave, measure, ratio } from '../measure.mjs';
import { databaseUrl } from '../server.mjs';
import { token } from '../tables.mjs';
import { floor } from './rotation.mjs';

/** More than this says nothing more of a cipher. */
const mostRows = 2_000;

/** Rotations of other applications' values, against a bare UPDATE of the same columns. */
export async function applicationsSuite({ server, rows: asked, rounds }) {
  const measures = [];
  for (const [application, how] of Object.entries(applications)) {
    const { about, share = 1, columns = ['secret'] } = how;
    const rows = Math.round(Math.min(asked, mostRows) * share);
    const name = `store_${application}`;
    const table = { ...tableOf(name, columns), cells: (i, key) => how.cells(token(i), key) };
    const keys = await keysOf(server.folder, how.newKey(), how.newKey());
    const filled = await filledTable(server, name, table, rows, keys.from);
    const samples = await interleave(rounds, {
      floor: () => filled.onCopy((copy) => floor(server, copy, name, table)),
      rotate: () => filled.onCopy((copy) => rotate(server, copy, application, keys)),
    });
    await filled.remove();
    const label = `${application} (${rows.toLocaleString('en')} rows; ${about})`;
    measures.push(
      measure(
        `${label}: rotation to a bare UPDATE`,
        '×',
        ratio(samples, 'rotate', 'floor', ({ total }) => total),
      ),
      measure(
        `${label}: a bare UPDATE`,
        'rows/s',
        samples.floor.map(({ seconds }) => rows / seconds),
      ),
      measure(
        `${label}: rotation`,
        'rows/s',
        samples.rotate.map(({ total }) => rows / total),
      ),
      measure(
        `${label}: the whole command, with discovery and the scan of every row`,
        'rows/s',
        samples.rotate.map(({ seconds }) => rows / seconds),
      ),
      ...derivationMeasures(label, samples.rotate),
    );
  }
  return measures;
}

/** Of applications whose keys are slow to derive: how long Keel said that it would take, and how long it took. */
function derivationMeasures(label, rotations) {
  const said = rotations.map((one) => secondsSaid(one.said));
  if (said.some((seconds) => seconds === undefined)) return [];
  return [
    measure(`${label}: derivations, as said beforehand`, 's', said),
    measure(
      `${label}: the whole command`,
      's',
      rotations.map(({ seconds }) => seconds),
    ),
  ];
}

function secondsSaid(text) {
  const all = [
    ...text.matchAll(/derivations?, (?:(less than a second)|about ([\d,]+) (second|minute)s?) on this/g),
  ];
  if (all.length === 0) return undefined;
  // discovery's, then those of the rotation
  return all.reduce((sum, [, short, count, unit]) => {
    if (short) return sum + 1;
    return sum + Number(count.replaceAll(',', '')) * (unit === 'minute' ? 60 : 1);
  }, 0);
}

function tableOf(name, columns) {
  const places = columns.map((_, i) => `$${i + 2}::text[]`);
  const names = columns.join(', ');
  return {
    columns,
    schema: `CREATE TABLE ${name} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), ${columns.map((one) => `${one} text`).join(', ')})`,
    insert: `INSERT INTO ${name} (${names}) SELECT ${names} FROM unnest($1::int[], ${places.join(', ')}) AS r (n, ${names})`,
  };
}

/** Both keys as the application's admin writes them, and files that hold them. */
async function keysOf(folder, from, to) {
  const files = { fromFile: join(folder, 'from.key'), toFile: join(folder, 'to.key') };
  await writeFile(files.fromFile, from);
  await writeFile(files.toFile, to);
  return { from, ...files };
}

/** One rotation by the command line, which finds the columns itself: seconds in all as it tells them, beside those of its process. */
async function rotate({ port, folder }, copy, application, keys) {
  const sample = await keel(folder, [
    ...['rotate', '--json', '--yes', '--database', databaseUrl(port, copy), '--application', application],
    ...['--from-key-file', keys.fromFile, '--to-key-file', keys.toFile, '--keep-keys-in', 'own-files'],
  ]);
  return { ...sample, total: sample.json.rotation.totalMs / 1000 };
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { filledTable } from '../databases.mjs';
import { inventoryFile, keel } from '../keel.mjs';
import { interleave, measure, ratio } from '../measure.mjs';
import { connect, databaseUrl } from '../server.mjs';
import { inventoryOf, tables } from '../tables.mjs';

// a copy has another name than the database that was exported, and the server has other copies' sessions
const accepted = ['--accept', 'other-sessions', '--accept', 'other-database'];

/** Export, verification and import of an archive. Before the import, values move on by a row, so that all but one differ from it. */
export async function archive({ server, keys, rows, rounds }) {
  const { wide } = tables;
  const filled = await filledTable(server, 'wide', wide, rows, keys.from);
  const inventory = await inventoryFile(server.folder, inventoryOf('wide', wide));
  const file = join(server.folder, 'bench.age');
  const sample = (copy, ...args) =>
    keel(
      server.folder,
      [
        ...['credentials', ...args, '--json', '--database', databaseUrl(server.port, copy)],
        ...['--key-file', keys.fromFile, '--inventory', inventory],
      ],
      { KEEL_ARCHIVE_PASSPHRASE: 'a passphrase of five words' },
    );
  const fresh = () => filled.onCopy((copy) => sample(copy, 'export', '--out', file));
  await fresh();
  const samples = await interleave(Math.min(rounds, 2), {
    async export() {
      await rm(file);
      return fresh();
    },
    verify: () => filled.onCopy((copy) => sample(copy, 'verify', '--archive', file)),
    // its sides share one archive, whose rows are the template's
    import: () =>
      filled.onCopy(async (copy) => {
        const client = await connect(server.port, copy);
        await client.query(`UPDATE wide AS t SET credentials = n.v
          FROM (SELECT id, lead(credentials) OVER (ORDER BY id) AS v FROM wide) AS n WHERE n.id = t.id AND n.v IS NOT NULL`);
        await client.end();
        return sample(copy, 'import', '--archive', file, '--yes', ...accepted);
      }),
  });
  await filled.remove();
  await rm(file);
  const label = `${rows.toLocaleString('en')} values`;
  return [
    measure(`verify to export, ${label}`, '×', ratio(samples, 'verify', 'export'), { goal: 3 }),
    measure(`import of all to export, ${label}`, '×', ratio(samples, 'import', 'export'), { goal: 3 }),
    ...Object.entries(samples).flatMap(([side, of]) => [
      measure(
        `${side}, ${label}`,
        's',
        of.map(({ seconds }) => seconds),
      ),
      measure(
        `${side}, ${label}: client CPU`,
        's',
        of.map(({ cpu }) => cpu),
      ),
      measure(
        `${side}, ${label}: peak memory`,
        'MB',
        of.map(({ peakMb }) => peakMb),
      ),
    ]),
  ];
}

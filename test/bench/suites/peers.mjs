import { filledTable } from '../databases.mjs';
import { interleave, measure, ratio, timed } from '../measure.mjs';
import { peers } from '../peers.mjs';
import { connect } from '../server.mjs';
import { tables } from '../tables.mjs';
import { rotate } from './rotation.mjs';

/** The algorithms of other tools against Keel's whole rotation, proof and comparison included. */
export async function otherTools({ server, keys, rows: asked, rounds }) {
  const rows = Math.round(asked / 3);
  const { narrow } = tables;
  const filled = await filledTable(server, 'narrow', narrow, rows, keys.from);
  const sides = Object.fromEntries(
    Object.entries(peers).map(([name, rewrite]) => [
      name,
      () =>
        filled.onCopy(async (copy) => {
          const client = await connect(server.port, copy);
          const sample = await timed(() => rewrite(client, 'narrow', 'token', keys));
          await client.end();
          return sample;
        }),
    ]),
  );
  const samples = await interleave(Math.min(rounds, 2), {
    keel: () =>
      filled.onCopy(async (copy) => {
        const sample = await rotate(server, copy, 'narrow', narrow, keys);
        return { ...sample, seconds: sample.total };
      }),
    ...sides,
  });
  await filled.remove();
  const label = `${rows.toLocaleString('en')} narrow rows`;
  return [
    ...Object.keys(peers).map((name) =>
      measure(`${name} to Keel, ${label}`, '×', ratio(samples, name, 'keel'), {
        headline: `${name}, against Keel`,
        ...(name === 'row by row, one transaction' && { goal: 20, atLeast: true }),
      }),
    ),
    ...Object.entries(samples).map(([name, of]) =>
      measure(
        `${name}, ${label}`,
        's',
        of.map(({ seconds }) => seconds),
      ),
    ),
  ];
}

import { filledTable } from '../databases.mjs';
import { interleave, measure, spread } from '../measure.mjs';
import { withSlowLink } from '../slow-link.mjs';
import { tables } from '../tables.mjs';
import { rotate } from './rotation.mjs';

const links = {
  loopback: {},
  '20 ms of round trip': { roundTripMs: 20 },
  '100 ms of round trip': { roundTripMs: 100 },
  '20 Mbit/s': { roundTripMs: 20, bytesPerSecond: 2_500_000 },
};

/** The same rotation over slower networks. */
export async function slowLinks({ server, keys, rows: asked, rounds }) {
  const rows = Math.round(asked / 3);
  const { narrow } = tables;
  const filled = await filledTable(server, 'narrow', narrow, rows, keys.from);
  const samples = await interleave(
    rounds,
    Object.fromEntries(
      Object.entries(links).map(([name, link]) => [
        name,
        () =>
          filled.onCopy((copy) =>
            withSlowLink({ port: server.port, ...link }, (port) =>
              rotate({ ...server, port }, copy, 'narrow', narrow, keys),
            ),
          ),
      ]),
    ),
  );
  await filled.remove();
  const label = `${rows.toLocaleString('en')} narrow rows`;
  const beyond = (name, pick, factor) =>
    spread(samples[name].map((one, i) => pick(one) - factor * pick(samples.loopback[i])));
  return [
    measure(
      `total over 100 ms less 1.5 × loopback, ${label}`,
      's',
      beyond('100 ms of round trip', ({ total }) => total, 1.5),
      { goal: 1, headline: 'Over a link of 100 ms: rotation, beyond 1.5 × its time without' },
    ),
    measure(
      `lock over 100 ms less loopback’s, ${label}`,
      's',
      beyond('100 ms of round trip', ({ lock }) => lock, 1),
      { goal: 1, headline: 'Over a link of 100 ms: writers wait, beyond their time without' },
    ),
    ...Object.entries(samples).flatMap(([name, of]) => [
      measure(
        `${name}: total, ${label}`,
        's',
        of.map(({ total }) => total),
      ),
      measure(
        `${name}: lock, ${label}`,
        's',
        of.map(({ lock }) => lock),
      ),
    ]),
  ];
}

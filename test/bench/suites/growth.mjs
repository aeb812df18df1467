import { filledTable } from '../databases.mjs';
import { interleave, measure, spread } from '../measure.mjs';
import { tables } from '../tables.mjs';
import { floor, rotate } from './rotation.mjs';

/** Time a row and peak memory as rows become more. */
export async function growth({ server, keys, rows: asked, rounds, full }) {
  const { narrow } = tables;
  const most = full ? 3_000_000 : asked >= 300_000 ? 1_000_000 : 100_000;
  const sizes = [10_000, 100_000, 1_000_000, 3_000_000].filter((size) => size <= most);
  const bySize = new Map();
  for (const rows of sizes) {
    const filled = await filledTable(server, 'narrow', narrow, rows, keys.from);
    bySize.set(
      rows,
      await interleave(rounds, {
        floor: () => filled.onCopy((copy) => floor(server, copy, 'narrow', narrow)),
        rotate: () => filled.onCopy((copy) => rotate(server, copy, 'narrow', narrow, keys)),
      }),
    );
    await filled.remove();
  }
  const perRow = (rows, side, pick) => spread(bySize.get(rows)[side].map((one) => (pick(one) * 1e6) / rows));
  const to = sizes.at(-1);
  // the smallest size is mostly what a rotation takes whatever it rewrites
  const from = sizes.find((size) => size >= 100_000 && size < to) ?? sizes[0];
  const grown = (side, pick) => perRow(to, side, pick).median / perRow(from, side, pick).median;
  const ownGrowth = grown('rotate', ({ total }) => total) / grown('floor', ({ seconds }) => seconds);
  const peaks = sizes
    .filter((size) => size >= from)
    .map((rows) => spread(bySize.get(rows).rotate.map(({ peakMb }) => peakMb)).median);
  const label = `${from.toLocaleString('en')} to ${to.toLocaleString('en')} rows`;
  return [
    measure(`time a row, ${label}, to the floor’s own growth`, '×', [ownGrowth], {
      goal: 1.15,
      headline: `Time a row at ${to.toLocaleString('en')} rows against ${from.toLocaleString('en')}, to how a bare UPDATE grows`,
    }),
    measure(`peak memory, most to least, ${label}`, '×', [Math.max(...peaks) / Math.min(...peaks)], {
      goal: 1.15,
    }),
    measure(`peak memory, ${label}`, 'MB', peaks, { goal: 150, headline: `Peak memory, ${label}` }),
    ...sizes.flatMap((rows) => [
      measure(
        `${rows.toLocaleString('en')} rows: a bare UPDATE`,
        'µs a row',
        perRow(rows, 'floor', ({ seconds }) => seconds),
      ),
      measure(
        `${rows.toLocaleString('en')} rows: rotation`,
        'µs a row',
        perRow(rows, 'rotate', ({ total }) => total),
      ),
      measure(
        `${rows.toLocaleString('en')} rows: peak memory`,
        'MB',
        bySize.get(rows).rotate.map(({ peakMb }) => peakMb),
      ),
    ]),
  ];
}

import { createHash } from 'node:crypto';

/**
 * A sample of files, one in `oneIn`, rounded up. Half of it are those nearest to what was changed, by `distanceOf` (undefined for one
 * that the change cannot reach), the rest is drawn. A seed draws the same ones each time, whatever their order.
 */
export function drawnFiles(files, { oneIn, seed, distanceOf = () => undefined }) {
  const count = Math.ceil(files.length / oneIn);
  const rank = (file) => createHash('sha256').update(`${seed} ${file}`).digest('hex');
  const inOrder = [...files].sort((a, b) => rank(a).localeCompare(rank(b)));
  const nearest = inOrder
    .filter((file) => distanceOf(file) !== undefined)
    .sort((a, b) => distanceOf(a) - distanceOf(b))
    .slice(0, Math.ceil(count / 2));
  return [...nearest, ...inOrder.filter((file) => !nearest.includes(file))].slice(0, count);
}

import { createHash } from 'node:crypto';

/** A sample of files, one in `oneIn`, rounded up. A seed draws the same ones each time, whatever their order. */
export function drawnFiles(files, { oneIn, seed }) {
  const rank = (file) => createHash('sha256').update(`${seed} ${file}`).digest('hex');
  const inOrder = [...files].sort((a, b) => rank(a).localeCompare(rank(b)));
  return inOrder.slice(0, Math.ceil(files.length / oneIn));
}

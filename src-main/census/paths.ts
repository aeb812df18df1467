import { type CellShape, childrenOf, type Place, rootPlace } from '#forms/container';
import { cellLeaf, extentOf } from '#forms/leaf';
import { formatPath, type PathStep } from '#forms/path';
import type { Range } from '#forms/template-match';

/** The path to the leaf of a cell that holds a range of its bytes, with `[*]` for any element; undefined where there is none. */
export function pathTo(cell: Buffer, shape: CellShape, range: Range): string | undefined {
  if (shape.kind === 'bytes') return undefined;
  const root = rootPlace(cellLeaf(cell), shape);
  const steps = root && stepsTo(root, range, 0);
  return steps && steps.length > 0 ? formatPath(steps) : undefined;
}

const deepest = 16;

function stepsTo(place: Place, range: Range, depth: number): PathStep[] | undefined {
  if (depth > deepest) return [];
  const inside = childrenOf(place).find(({ place: { leaf } }) => {
    const { from, to } = extentOf(leaf);
    return from <= range.from && range.to <= to + 2;
  });
  if (!inside) return [];
  const step: PathStep =
    inside.name === undefined ? 'elements' : { member: Buffer.from(inside.name, 'latin1').toString('utf8') };
  return [step, ...(stepsTo(inside.place, range, depth + 1) ?? [])];
}

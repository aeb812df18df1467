import { groupTexts, pathOf, type TextGroup } from '#discovery/texts';
import type { CellShape } from '#forms/container';
import type { CatalogColumn } from '#postgres/catalog';
import type { Field } from '#postgres/copy-binary';

/** A sampled column: its cells in the order of their rows. */
export interface SampledColumn {
  readonly shape?: CellShape;
  readonly cells: readonly (string | Buffer | null)[];
}

export function catalogColumn(name: string, shape: CellShape = { kind: 'text' }): CatalogColumn {
  return { name, type: shape.kind === 'bytes' ? 'bytea' : 'text', shape, input: 'text', generated: false };
}

/** The groups of texts of a sampled table, column by column. */
export function groupsOf(columns: Readonly<Record<string, SampledColumn>>): TextGroup[] {
  return Object.entries(columns).flatMap(([name, { shape, cells }]) =>
    groupTexts(
      catalogColumn(name, shape),
      cells.map((cell): Field => (cell === null ? null : Buffer.from(cell))),
    ),
  );
}

/** The group of a column, or of a path in it. */
export function groupAt(groups: readonly TextGroup[], column: string, path?: string): TextGroup {
  const found = groups.find((group) => group.column.name === column && pathOf(group) === path);
  if (!found) throw new Error(`no texts at ${column} ${path ?? ''}`);
  return found;
}

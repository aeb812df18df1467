import type { ApplicationForm } from '#applications/applications';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { type ColumnFigures, ColumnStatistics } from '#evidence/column-statistics';
import { countInto } from '#evidence/count-cells';
import { judgeCells } from '#evidence/judge-cells';
import { readEntry } from '#forms/entry';
import { canBothBeListed } from '#forms/generations';
import { pathsOverlap } from '#forms/path';
import { findValues, type FormColumn } from '#forms/row-values';
import type { CatalogTable } from '#postgres/catalog';
import type { Sample } from '#postgres/sample';
import { counted, formatCount } from '#shared/counted';
import { describer } from '#discovery/describe-found';
import type { Candidate } from '#discovery/finding';
import { groupTexts, type TextGroup } from '#discovery/texts';

/** A key that is derived anew for each value costs milliseconds, so a few are tried. */
const slowSample = 12;

interface Found {
  readonly group: TextGroup;
  readonly entry: EncryptedColumn;
  readonly figures: ColumnFigures;
  readonly form: ApplicationForm;
}

/**
 * What a key opens of a table's sample by the forms of an application, place by place. Where an IV stands in a column beside its value,
 * that column is named in the entry. `isListed`: places that are known, and are not tried.
 */
export async function examineSchemes(
  table: CatalogTable,
  sample: Sample,
  key: EncryptionKey,
  forms: readonly ApplicationForm[],
  isListed: (entry: EncryptedColumn) => boolean = () => false,
): Promise<Candidate[]> {
  const found: Found[] = [];
  for (const [index, column] of sample.columns.entries()) {
    if (column.shape.kind === 'uuid') continue;
    const cells = sample.rows.map((row) => row[index] ?? null);
    for (const group of placesOf(column, cells)) {
      for (const form of forms) {
        const entry = entryOf(table, group, form);
        if (!entry || isListed(entry)) continue;
        const figures = await tryForm(sample, index, entry, key);
        if (figures) found.push({ group, entry, figures, form });
      }
    }
  }
  return withoutOverlaps(found).map(candidateOf);
}

/** The places of a column where texts stand, and a document as a whole, which some applications write with its parts in it. */
function placesOf(column: TextGroup['column'], cells: readonly (Buffer | null)[]): TextGroup[] {
  const groups = groupTexts(column, cells);
  if (column.shape.kind !== 'json') return groups;
  const texts = cells.flatMap((cell, row) =>
    cell ? [{ row, text: cell.toString('latin1'), trail: [] }] : [],
  );
  return texts.length > 0 ? [{ column, texts }, ...groups] : groups;
}

function entryOf(
  table: CatalogTable,
  group: TextGroup,
  { entry: { layout, iv } }: ApplicationForm,
): EncryptedColumn | undefined {
  const ivColumn = iv?.column?.replaceAll('{column}', group.column.name);
  if (ivColumn !== undefined && !table.columns.some(({ name }) => name === ivColumn)) return undefined;
  const placed = iv && { iv: { ...iv, ...(ivColumn !== undefined && { column: ivColumn }) } };
  return describer(table)(group, { layout, ...placed });
}

/** Figures over the values that are written in the form at all; undefined where none is, or none opens. */
async function tryForm(
  sample: Sample,
  index: number,
  entry: EncryptedColumn,
  key: EncryptionKey,
): Promise<ColumnFigures | undefined> {
  const form = readEntry(entry);
  const { layout } = form;
  const columns = sample.columns.map(
    ({ name, shape }, i): FormColumn => ({ name, shape, forms: i === index ? [form] : [] }),
  );
  const values = sample.rows.flatMap((row) => findValues(columns, row));
  const read = values.flatMap(({ ciphertext }) => ciphertext ?? []);
  const isSlow = (layout.scheme?.key ?? '').includes('-salted/');
  const tried = isSlow ? read.slice(0, slowSample) : read;
  if (tried.length === 0) return undefined;
  using judged = await judgeCells(layout, key, tried);
  const statistics = new ColumnStatistics(layout);
  countInto(statistics, judged.cells);
  const figures = statistics.result();
  return figures.proven > 0 || figures.verdict === 'correct' || figures.verdict === 'mixed'
    ? figures
    : undefined;
}

/** Of several forms or paths of one place the best proven; several where their texts are told apart by how they are written. */
function withoutOverlaps(found: readonly Found[]): Found[] {
  const kept: Found[] = [];
  for (const one of found.toSorted((a, b) => b.figures.bits - a.figures.bits)) {
    const clashes = kept.some(({ entry, group }) => {
      if (entry.column !== one.entry.column) return false;
      const isSamePlace = entry.path === one.entry.path;
      if (!isSamePlace && pathsOverlap(group.steps ?? [], one.group.steps ?? [])) return true;
      return isSamePlace && (entry.layout === one.entry.layout || !canBothBeListed(entry, one.entry));
    });
    if (!clashes) kept.push(one);
  }
  return kept;
}

function candidateOf({ entry, figures, form }: Found): Candidate {
  const opened = figures.proven + figures.inconclusive;
  const against =
    figures.contradicted > 0 ? `, and does not decrypt ${formatCount(figures.contradicted)} more,` : '';
  return {
    status: 'proven',
    frame: 'proven',
    entry,
    why: `the key decrypts ${counted(opened, 'sampled value')}${against} in the format of ${form.application.name}; ${formatCount(figures.bits)} bits`,
  };
}

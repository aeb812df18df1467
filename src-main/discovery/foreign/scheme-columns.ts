import type { SoughtForm } from '#applications/of-inventory';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { type ColumnFigures, ColumnStatistics } from '#evidence/column-statistics';
import { countInto } from '#evidence/count-cells';
import { judgeCells } from '#evidence/judge-cells';
import type { Ciphertext } from '#forms/ciphertext';
import { readEntry } from '#forms/entry';
import { canBothBeListed } from '#forms/generations';
import { pathsOverlap } from '#forms/path';
import { formatLayout, isSlowToDerive, type Layout } from '#forms/layout';
import { findValues, type FormColumn } from '#forms/row-values';
import type { CatalogTable } from '#postgres/catalog';
import type { Sample } from '#postgres/sample';
import { counted, formatCount } from '#shared/counted';
import { openedOf } from '#shared/opened-values';
import { describer } from '#discovery/describe-found';
import type { Candidate } from '#discovery/finding';
import { columnPath } from '#shared/column-path';
import { placements } from './placements.ts';
import type { SlowValues } from './slow-values.ts';
import { groupTexts, type TextGroup } from '#discovery/texts';

/** Of values whose keys are slow to derive, this many are tried of each place. */
const slowSample = 12;

/** A place whose values a key opens. */
export interface SchemeColumn {
  readonly entry: EncryptedColumn;
  readonly figures: ColumnFigures;
}

interface Found extends SchemeColumn {
  readonly group: TextGroup;
  readonly form: SoughtForm;
}

/** The places of a table's sample that a key opens, as discovery proposes them. */
export async function examineSchemes(
  table: CatalogTable,
  sample: Sample,
  key: EncryptionKey,
  forms: readonly SoughtForm[],
): Promise<Candidate[]> {
  return (await findSchemeColumns(table, sample, key, { forms })).map(candidateOf);
}

/**
 * What a key opens of some rows of a table by the forms of an application, place by place. Parts of a ciphertext that are not in its text
 * are looked for in all texts of its row. Of values with slow derivations a few tell the form; `triesAll` counts them.
 */
export async function findSchemeColumns(
  table: CatalogTable,
  sample: Sample,
  key: EncryptionKey,
  { forms, triesAll = false }: { readonly forms: readonly SoughtForm[]; readonly triesAll?: boolean },
): Promise<Found[]> {
  const found: Found[] = [];
  for (const { group, form, entries } of entriesOf(table, sample, forms)) {
    const best = await bestOf(sample, entries, key, triesAll);
    if (best) found.push({ group, form, ...best });
  }
  return withoutOverlaps(found);
}

/** What `findSchemeColumns` would try of the values whose keys are slow to derive. */
export function slowValuesOf(
  table: CatalogTable,
  sample: Sample,
  { forms, triesAll = false }: { readonly forms: readonly SoughtForm[]; readonly triesAll?: boolean },
): SlowValues[] {
  const slow = forms.filter(({ layout }) => isSlowToDerive(layout));
  if (slow.length === 0) return [];
  return [...entriesOf(table, sample, slow)].flatMap(({ entries }) =>
    entries.map((entry) => {
      const { layout, read } = readValues(sample, entry);
      const values = triesAll ? read.length : Math.min(read.length, slowSample);
      return { place: columnPath(entry), layout, values };
    }),
  );
}

/** Every entry by which the texts of a table may be read in the forms. */
function* entriesOf(
  table: CatalogTable,
  sample: Sample,
  forms: readonly SoughtForm[],
): Generator<Pick<Found, 'group' | 'form'> & { readonly entries: readonly EncryptedColumn[] }> {
  const groups = sample.columns.flatMap((column, index) =>
    column.shape.kind === 'uuid'
      ? []
      : groupTexts(
          column,
          sample.rows.map((row) => row[index] ?? null),
          true,
        ),
  );
  const describe = describer(table);
  for (const group of groups) {
    for (const form of forms) {
      const layout = formatLayout(form.layout);
      const entries = placements(form, group, groups).map((parts) => describe(group, { layout, ...parts }));
      yield { group, form, entries };
    }
  }
}

/** The entry that opens most; several texts may look like an IV, and only a key tells which one is. */
async function bestOf(
  sample: Sample,
  entries: readonly EncryptedColumn[],
  key: EncryptionKey,
  triesAll: boolean,
): Promise<SchemeColumn | undefined> {
  let best: SchemeColumn | undefined;
  for (const entry of entries) {
    const figures = await tryEntry(sample, entry, key, triesAll);
    if (figures && (!best || figures.bits > best.figures.bits)) best = { entry, figures };
    if (best?.figures.verdict === 'correct') break;
  }
  return best;
}

/** The values of a sample that are written as an entry says, whatever key they are encrypted with. */
function readValues(
  { columns, rows }: Sample,
  entry: EncryptedColumn,
): { readonly layout: Layout; readonly read: readonly Ciphertext[] } {
  const form = readEntry(entry);
  const read = columns.map(
    ({ name, shape }): FormColumn => ({ name, shape, forms: name === entry.column ? [form] : [] }),
  );
  const values = rows.flatMap((row) => findValues(read, row));
  return { layout: form.layout, read: values.flatMap(({ ciphertext }) => ciphertext ?? []) };
}

/** Figures over the values that are written in the form at all; undefined where none is, or none opens. */
async function tryEntry(
  sample: Sample,
  entry: EncryptedColumn,
  key: EncryptionKey,
  triesAll: boolean,
): Promise<ColumnFigures | undefined> {
  const { layout, read } = readValues(sample, entry);
  const tried = !triesAll && isSlowToDerive(layout) ? read.slice(0, slowSample) : read;
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
  const opened = openedOf(figures);
  const against =
    figures.contradicted > 0 ? `, and does not decrypt ${formatCount(figures.contradicted)} more,` : '';
  return {
    status: 'proven',
    frame: 'proven',
    entry,
    why: `the key decrypts ${counted(opened, 'sampled value')}${against} in the format of ${form.application.name}; ${formatCount(figures.bits)} bits`,
  };
}

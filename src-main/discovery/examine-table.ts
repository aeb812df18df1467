import { openedOf } from '#shared/opened-values';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { judgeCells } from '#evidence/judge-cells';
import { secretKindOf } from '#evidence/secret-kind';
import { provenBits } from '#evidence/value-evidence';
import { ciphertextReader } from '#forms/ciphertext';
import { formatLayout } from '#forms/layout';
import { pathsOverlap } from '#forms/path';
import type { CatalogTable } from '#postgres/catalog';
import type { Field } from '#postgres/copy-binary';
import type { Sample } from '#postgres/sample';
import { findConflicts } from './conflicts.ts';
import type { Candidate, Finding } from './finding.ts';
import { judgeFrame } from './doubts.ts';
import { likelyLayout } from './examine-looks.ts';
import { findCompanion, type SealedSample } from './companions.ts';
import { findOtherIv } from './other-iv.ts';
import { type Recognition, recognise } from './recognise.ts';
import { meansTheSame, withoutRepeats } from './same-place.ts';
import { findTails } from './tails.ts';
import { groupTexts, pathOf, type TextGroup } from './texts.ts';

/** A place and what was found out about it. */
interface Examined {
  readonly group: TextGroup;
  readonly recognition: Recognition;
}

/** What the key opens of a table's sample, place by place; and where that contradicts entries of an inventory. */
export async function examineTable(
  table: Pick<CatalogTable, 'schema' | 'name'>,
  sample: Sample,
  key: EncryptionKey,
  listed: readonly EncryptedColumn[],
): Promise<{ readonly candidates: Candidate[]; readonly conflicts: Finding[] }> {
  const groups = sample.columns.flatMap((column, i) =>
    groupTexts(
      column,
      sample.rows.map((row) => row[i] ?? null),
    ),
  );
  const examined: Examined[] = [];
  for (const group of groups) {
    if (group.column.shape.kind === 'uuid') continue;
    const recognition = await recognise(group, groups, key);
    if (recognition.form || recognition.tails) examined.push({ group, recognition });
  }
  const chosen = withoutOverlaps(examined);
  const explained = new Set(chosen.flatMap(({ recognition }) => recognition.form?.ivGroup ?? []));
  const describe = describer(table);
  const candidates: Candidate[] = [];
  for (const one of chosen)
    candidates.push(...(await describeFound(one, { groups, explained, describe, key, sample })));
  candidates.push(...lookAlikes(groups, candidates, explained, describe));
  const conflicts = findConflicts(
    sample,
    listed,
    candidates.filter(({ standing }) => standing === 'proven'),
  );
  wipe(examined);
  return { candidates, conflicts };
}

type Describe = (
  group: TextGroup,
  form: Pick<EncryptedColumn, 'layout' | 'iv'>,
  secrets?: readonly Uint8Array[],
) => EncryptedColumn;

function describer(table: Pick<CatalogTable, 'schema' | 'name'>): Describe {
  return (group, { layout, iv }, secrets = []) => {
    const path = pathOf(group);
    return {
      schema: table.schema,
      table: table.name,
      column: group.column.name,
      ...(path !== undefined && { path }),
      layout,
      ...(iv && { iv }),
      kind: secretKindOf([table.name, group.column.name, ...(path ? [path] : [])], secrets),
    };
  };
}

interface TableContext {
  readonly groups: readonly TextGroup[];
  readonly explained: ReadonlySet<TextGroup>;
  readonly describe: Describe;
  readonly key: EncryptionKey;
  readonly sample: Sample;
}

async function describeFound(
  { group, recognition: { form, tails } }: Examined,
  { groups, explained, describe, key, sample }: TableContext,
): Promise<Candidate[]> {
  const readable = new Set(group.texts.map(({ text }) => text)).size;
  const standing = standingOf(form);
  if (!form || !standing) {
    if (!tails)
      return form
        ? describeUntold(
            form,
            group,
            describe(group, { layout: formatLayout(form.layout), ...(form.iv && { iv: form.iv }) }),
          )
        : [];
    const entry = describe(group, { layout: 'base64' });
    const holding = new Set(tails.runs.map(({ text }) => text)).size;
    const why = `${holding} of ${readable} sampled texts hold values under this key, and it is not clear where their IV is`;
    return [{ standing: 'unresolved', entry, why }];
  }
  const { assay, layout, iv, secrets } = form;
  const entry = describe(group, { layout: formatLayout(layout), ...(iv && { iv }) }, secrets);
  const opened = openedOf(assay);
  const why = `opens ${opened} of ${assay.rows} sampled values, ${Math.round(assay.bits)} bits`;
  const frame = judgeFrame(form, group, groups, explained);
  if (frame.sure === 'doubted') return [{ standing: 'unresolved', entry, why: `${why}, but ${frame.why}` }];
  const other = frame.sure === 'proven' ? undefined : findOtherIv(form, group, sample, key);
  if (other) {
    const what = `their first 16 bytes decrypt with an IV from ${other}, in a form that Keel does not write`;
    return [{ standing: 'unresolved', entry, why: `${why}, but ${what}` }];
  }
  const companion = findCompanion(await openSome(group, form, key, sample), key);
  const rest = remainingTails(group, form, key);
  const further: Candidate[] =
    rest > 0
      ? [
          {
            standing: 'unresolved',
            entry,
            why: `${rest} sampled texts hold further values under this key, beside those of this form`,
          },
        ]
      : [];
  return [{ standing, entry, why, frame: frame.sure, ...(companion && { companion }) }, ...further];
}

function standingOf(form: Recognition['form']): 'proven' | 'likely' | undefined {
  if (!form) return undefined;
  const { bits, contradicted, unrecognised } = form.assay;
  if (bits >= provenBits) return 'proven';
  return bits >= likelyBits(form) && contradicted + unrecognised === 0 ? 'likely' : undefined;
}

/** What short values need to be proposed. More where their IV is sought all over the row: any text and another one make a pair. */
function likelyBits({ iv }: NonNullable<Recognition['form']>): number {
  return iv ? 8 : 4;
}

/** A few values that nothing speaks against, and that are too short for anything to speak for them. */
function describeUntold(
  { assay, iv }: NonNullable<Recognition['form']>,
  { texts }: TextGroup,
  entry: EncryptedColumn,
): Candidate[] {
  const { contradicted, unrecognised, rows, inconclusive } = assay;
  // any few characters decode to something: an IV of its own has to be there, and to look like chance
  if (contradicted + unrecognised > 0 || inconclusive === 0 || iv || !texts.every(looksRandom)) return [];
  const why = `${rows} sampled values may be ciphertexts, and are too short to tell whether they are under this key`;
  return [{ standing: 'untold', entry, why }];
}

/** Whether a text has the mix of characters that 16 random bytes show in any encoding, nearly always. */
function looksRandom({ text }: { readonly text: string }): boolean {
  return (
    text.length >= 22 &&
    /\d/.test(text) &&
    (/[a-z]/.test(text) || /[A-Z]/.test(text)) &&
    !/[a-z]{8}|\s/.test(text)
  );
}

const companionSample = 3;

/** A few values of a sample in clear, with their rows. */
async function openSome(
  group: TextGroup,
  { layout, ivValues }: NonNullable<Recognition['form']>,
  key: EncryptionKey,
  sample: Sample,
): Promise<SealedSample[]> {
  const reader = ciphertextReader(layout);
  const found: SealedSample[] = [];
  for (const [i, { text, row }] of group.texts.entries()) {
    if (found.length >= companionSample) break;
    const ciphertext = reader.read(text, ivValues?.[i]);
    if (!ciphertext) continue;
    using judged = await judgeCells(layout, key, [ciphertext]);
    const [cell] = judged.cells;
    if (cell?.evidence.verdict !== 'proven') continue;
    found.push({
      ciphertext,
      text,
      plaintext: Uint8Array.from(cell.plaintext),
      row: writtenCells(sample, row),
    });
  }
  return found;
}

/** The cells of a sampled row that the server does not compute by itself. */
function writtenCells({ columns, rows }: Sample, row: number): Field[] {
  return (rows[row] ?? []).filter((_, i) => columns[i]?.generated === false);
}

/** Texts that hold values under the key outside of the spans of their form. */
function remainingTails(
  group: TextGroup,
  { layout, iv }: NonNullable<Recognition['form']>,
  key: EncryptionKey,
): number {
  const reader = ciphertextReader(layout);
  const rest = group.texts.map(({ text }) => {
    const spans = reader.read(text, iv && new Uint8Array(16))?.spans ?? [{ from: 0, to: text.length }];
    return [...spans]
      .reverse()
      .reduce((left, { from, to }) => `${left.slice(0, from)} ${left.slice(to)}`, text);
  });
  const [tails] = findTails(
    [...new Set(rest)].filter((text) => text.trim() !== ''),
    key,
    false,
  );
  return tails?.runs.length ?? 0;
}

/** Of places that overlap (a text and a leaf of it, all elements and one of them) the best proven, else the inner one. */
function withoutOverlaps(examined: readonly Examined[]): Examined[] {
  const kept: Examined[] = [];
  for (const one of [...examined].sort((a, b) => scoreOf(b) - scoreOf(a))) {
    if (!kept.some((other) => overlaps(one.group, other.group))) kept.push(one);
  }
  return examined.filter((one) => kept.includes(one));
}

function scoreOf({ group, recognition: { form, tails } }: Examined): number {
  if (!form) return (tails?.bits ?? 0) / 1e6;
  const { bits, rows } = form.assay;
  const { texts } = group;
  // the same values found by way of a path, or without others among them, are the better described
  const reader = ciphertextReader(form.layout);
  const readable = texts.filter(({ text }, i) => reader.read(text, form.ivValues?.[i])).length / texts.length;
  const share = readable * Math.min(1, openedOf(form.assay) / Math.max(1, rows));
  return (group.steps ? 1.1 : 1) * share ** 2 * (1 + bits);
}

function overlaps(one: TextGroup, other: TextGroup): boolean {
  return one.column === other.column && pathsOverlap(one.steps ?? [], other.steps ?? []);
}

/** Places that look encrypted and that the key does not open. */
function lookAlikes(
  groups: readonly TextGroup[],
  found: readonly Candidate[],
  explained: ReadonlySet<TextGroup>,
  describe: Describe,
): Candidate[] {
  const alike = groups.flatMap((group) => {
    if (group.column.shape.kind === 'uuid' || explained.has(group)) return [];
    const isFound = found.some(({ entry }) => meansTheSame(entry, describe(group, { layout: 'base64' })));
    const layout = isFound ? undefined : likelyLayout(group);
    if (!layout) return [];
    const entry = describe(group, { layout: formatLayout(layout) });
    const why = `${group.texts.length} sampled values look encrypted, and this key opened none of them in the forms that were tried`;
    return [{ standing: 'unopened' as const, entry, why }];
  });
  return withoutRepeats(alike);
}

function wipe(examined: readonly Examined[]): void {
  for (const { recognition } of examined)
    for (const secret of recognition.form?.secrets ?? []) secret.fill(0);
}

import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { doubtInWords } from './doubt.ts';
import { judgeCells } from '#evidence/judge-cells';
import { secretKindOf } from '#evidence/plaintexts/secret-kind';
import { provenBits } from '#evidence/plaintexts/value-evidence';
import { ciphertextReader } from '#forms/ciphertext';
import { formatLayout } from '#forms/layout';
import type { CatalogTable } from '#postgres/catalog';
import type { Field } from '#postgres/copy-binary';
import type { Sample } from '#postgres/sample';
import { openedOf } from '#shared/opened-values';
import { type Companion, findCompanion, type SealedSample } from './companions.ts';
import { findOtherPart } from './iv/continued.ts';
import type { Candidate } from './finding.ts';
import type { AssumedValues } from './iv/distant-iv.ts';
import { judgeFrame } from './doubts.ts';
import { type KnownValue, knownValues } from './iv/known-values.ts';
import { findOlderIv } from './iv/older-iv.ts';
import { findOtherIv } from './iv/other-iv.ts';
import type { ExaminedPlace, Recognised, Recognition } from './recognise.ts';
import { countUnderOneKeystream } from './iv/shared-keystream.ts';
import { findTails } from './tails.ts';
import { pathOf, placeName, type TextGroup } from './texts.ts';
import { formatCount } from '#shared/counted';

/** How a place is written in an inventory, with the kind of its secrets. */
export type Describe = (
  group: TextGroup,
  form: Pick<EncryptedColumn, 'layout' | 'iv' | 'tag' | 'salt'>,
  secrets?: readonly Uint8Array[],
) => EncryptedColumn;

/** How places of a table are written. */
export function describer(table: Pick<CatalogTable, 'schema' | 'name'>): Describe {
  return (group, { layout, iv, tag, salt }, secrets = []) => {
    const path = pathOf(group);
    return {
      schema: table.schema,
      table: table.name,
      column: group.column.name,
      ...(path !== undefined && { path }),
      layout,
      ...(iv && { iv }),
      ...(tag && { tag }),
      ...(salt && { salt }),
      kind: secretKindOf([table.name, group.column.name, ...(path ? [path] : [])], secrets),
    };
  };
}

/** A candidate whose IV is assumed or in doubt, and its values. */
export interface AssumedCandidate {
  readonly candidate: Candidate;
  /** How many of its values the key decrypts, for people. */
  readonly opens: string;
  readonly values: AssumedValues;
}

export interface DescribedPlace {
  readonly candidates: readonly Candidate[];
  readonly assumed: readonly AssumedCandidate[];
}

export interface TableContext {
  readonly groups: readonly TextGroup[];
  readonly explained: ReadonlySet<TextGroup>;
  readonly describe: Describe;
  readonly key: EncryptionKey;
  readonly sample: Sample;
}

/** What discovery says of a place, and the values whose IV could be in another row or table. */
export async function describeFound(
  { group, recognition: { form, tails } }: ExaminedPlace,
  { groups, explained, describe, key, sample }: TableContext,
): Promise<DescribedPlace> {
  const only = (...candidates: readonly Candidate[]): DescribedPlace => ({ candidates, assumed: [] });
  const readable = new Set(group.texts.map(({ text }) => text)).size;
  const status = statusOf(form);
  if (!form || !status) {
    if (!tails)
      return only(
        ...(form
          ? describeUntold(
              form,
              group,
              describe(group, { layout: formatLayout(form.layout), ...(form.iv && { iv: form.iv }) }),
            )
          : []),
      );
    const entry = describe(group, { layout: 'base64' });
    const holding = new Set(tails.runs.map(({ text }) => text)).size;
    const why = `${formatCount(holding)} of ${formatCount(readable)} sampled texts contain values encrypted with this key, and it is unclear where their IV is`;
    return only({ status: 'unresolved', entry, why });
  }
  const { statistics, layout, iv, secrets } = form;
  const entry = describe(group, { layout: formatLayout(layout), ...(iv && { iv }) }, secrets);
  const opened = openedOf(statistics);
  const why = `decrypts ${formatCount(opened)} of ${formatCount(statistics.rows)} sampled values, ${formatCount(statistics.bits)} bits`;
  const known = await knownValues(form, group, key);
  const unresolved = (doubt: string): Candidate => ({
    status: 'unresolved',
    entry,
    why: `${why}, but ${doubt}`,
  });
  const part = findOtherPart(form, group, groups, key);
  if (part) {
    const what = part.side === 'goes on' ? 'the ciphertexts continue' : 'the ciphertexts begin';
    return only(unresolved(`${what} in ${placeName(part.group)}, and Keel does not write split ciphertexts`));
  }
  const frame = judgeFrame(form, group, groups, explained);
  const other =
    frame.sure === 'assumed' || frame.sure === 'supported'
      ? findOtherIv(form, known, sample, key)
      : undefined;
  if (other) {
    const what = `their first 16 bytes decrypt with an IV from ${other}, in a format that Keel does not write`;
    return only(unresolved(what));
  }
  const older = frame.sure === 'proven' ? undefined : findOlderIv(form, known, group, groups, key);
  if (older) {
    const what = `the first 16 bytes of ${formatCount(older.values)} of them decrypt with an IV ${older.where}: they are written in a different format than the others`;
    return only(unresolved(what));
  }
  const isOpen = frame.sure === 'assumed' || frame.sure === 'doubted';
  const firsts = isOpen ? firstsOf(form, known) : [];
  const values = { entry, segment: layout.segment, firsts };
  const alike = countUnderOneKeystream(layout.segment, firsts);
  if (frame.sure === 'doubted' || alike > 0) {
    const one = `the first 16 bytes of ${formatCount(alike)} of them are encrypted with the same IV, which is not in their rows`;
    const doubt = frame.sure === 'doubted' ? frame.why : one;
    const candidate: Candidate = { ...unresolved(doubt), isProvable: true };
    return { candidates: [candidate], assumed: [{ candidate, opens: why, values }] };
  }
  const companion = await companionOf(form, known, key, sample);
  const candidate: Candidate = { status, entry, why, frame: frame.sure, ...(companion && { companion }) };
  const rest = remainingTails(group, form, key);
  const more = `${formatCount(rest)} sampled texts contain further values encrypted with this key, besides those in this format`;
  const further: Candidate[] = rest > 0 ? [{ status: 'unresolved', entry, why: more }] : [];
  return {
    candidates: [candidate, ...further],
    assumed: firsts.length > 0 ? [{ candidate, opens: why, values }] : [],
  };
}

/** What is taken for the IVs of known values. A derived key is another one for each value. */
function firstsOf({ layout }: Recognised, known: readonly KnownValue[]): Uint8Array[] {
  if (layout.derivation !== 'none') return [];
  const ivs = known.flatMap(({ ciphertext: { iv } }) =>
    typeof iv === 'string' ? [] : [[Buffer.from(iv).toString('latin1'), iv] as const],
  );
  return [...new Map(ivs).values()];
}

function statusOf(form: Recognition['form']): 'proven' | 'likely' | undefined {
  if (!form) return undefined;
  const { bits, contradicted, unrecognised } = form.statistics;
  if (bits >= provenBits) return 'proven';
  return bits >= likelyBits(form) && contradicted + unrecognised === 0 ? 'likely' : undefined;
}

/** What short values need to be proposed. More where their IV is sought all over the row: any text and another one make a pair. */
function likelyBits({ iv }: NonNullable<Recognition['form']>): number {
  return iv ? 8 : 4;
}

/** A few values that nothing counts against, and that are too short for anything to count for them. */
function describeUntold(
  { statistics, iv }: NonNullable<Recognition['form']>,
  { texts }: TextGroup,
  entry: EncryptedColumn,
): Candidate[] {
  const { contradicted, unrecognised, rows, inconclusive } = statistics;
  // any few characters decode to something: an IV of its own has to be there, and to look like chance
  if (contradicted + unrecognised > 0 || inconclusive === 0 || iv || !texts.every(looksRandom)) return [];
  const doubt = { of: 'too-short', sampled: rows } as const;
  return [{ status: 'inconclusive', entry, why: doubtInWords(doubt), doubt }];
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

/** What in the rows of a few values was computed from them. Their plaintexts are wiped with the batch. */
async function companionOf(
  { layout }: Recognised,
  known: readonly KnownValue[],
  key: EncryptionKey,
  sample: Sample,
): Promise<Companion | undefined> {
  const some = known.slice(0, companionSample);
  using judged = await judgeCells(
    layout,
    key,
    some.map(({ ciphertext }) => ciphertext),
  );
  const samples = judged.cells.flatMap((cell, i): SealedSample[] => {
    const { ciphertext, text, row } = some[i] as KnownValue;
    if (cell?.evidence.verdict !== 'proven') return [];
    return [{ ciphertext, text, plaintext: cell.plaintext, row: writtenCells(sample, row) }];
  });
  return findCompanion(samples, key);
}

/** The cells of a sampled row that the server does not compute by itself. */
function writtenCells({ columns, rows }: Sample, row: number): Field[] {
  return (rows[row] ?? []).filter((_, i) => columns[i]?.generated === false);
}

/** Texts that hold values encrypted with the key outside of the spans of their form. */
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

import type { EncryptedColumn } from '#contract/inventory';
import { ivBytesOrName } from '#forms/cipher';
import { readEntry } from '#forms/entry';
import { areDistinguishable, canBothBeListed } from '#forms/generations';
import { formatLayout } from '#forms/layout';
import { findValues } from '#forms/row-values';
import type { Sample } from '#postgres/sample';
import { meansTheSame } from './same-place.ts';
import type { Candidate, Finding } from './finding.ts';

/** What proven forms say about an inventory. */
export interface Denials {
  /** Forms in place of which the inventory has another one: it reads other parts of the cells, or decrypts them in another manner. */
  readonly conflicts: readonly Finding[];
  /** Forms that a column has beside those that the inventory rightly has of it. */
  readonly further: readonly Finding[];
}

/** Compares the entries of an inventory with the forms that are proven on the sampled cells. */
export function findConflicts(
  sample: Sample,
  listed: readonly EncryptedColumn[],
  proven: readonly Candidate[],
): Denials {
  const conflicts: Finding[] = [];
  const further: Finding[] = [];
  for (const one of proven) {
    const own = listed.filter((entry) => meansTheSame(one.entry, entry));
    const denials = own.map((entry) => conflictOf(sample, entry, one));
    const [denial] = denials;
    // of several forms of a column, one is enough that agrees
    if (!denial || !denials.every(Boolean)) continue;
    const isRight = (entry: EncryptedColumn) =>
      canBothBeListed(entry, one.entry) &&
      proven.some((other) => meansTheSame(other.entry, entry) && !conflictOf(sample, entry, other));
    const found = { entry: one.entry, why: `${denial}; ${one.why}` };
    (own.every(isRight) ? further : conflicts).push(found);
  }
  return { conflicts, further };
}

/** What an inventory's entry says that a proven form denies; undefined where they agree, or it cannot be determined. */
function conflictOf(
  sample: Sample,
  entry: EncryptedColumn,
  { entry: found, frame }: Candidate,
): string | undefined {
  const [listed, proven] = [readEntry(entry).layout, readEntry(found).layout];
  if (listed.segment !== proven.segment || listed.padding !== proven.padding) {
    return `its layout is not the one in the inventory but \`${formatLayout(proven)}\``;
  }
  if (areDistinguishable(readEntry(entry), readEntry(found)) && readsNone(sample, entry, found)) {
    return `some of its values have a layout other than the one in the inventory, \`${formatLayout(proven)}\``;
  }
  if (frame !== 'proven' || readAlike(sample, entry, found)) return undefined;
  return 'the IV of its values is not where the inventory says it is';
}

/** Whether an entry finds nothing of what another one finds. */
function readsNone(sample: Sample, one: EncryptedColumn, other: EncryptedColumn): boolean {
  const [first, second] = [one, other].map((entry) => readSample(sample, entry)) as [string[], string[]];
  return second.every((found, row) => found === '' || found !== first[row]);
}

/** Whether two entries find the same IVs and bodies in the rows where both find any. */
function readAlike(sample: Sample, one: EncryptedColumn, other: EncryptedColumn): boolean {
  const [first, second] = [one, other].map((entry) => readSample(sample, entry)) as [string[], string[]];
  return first.every((found, row) => found === '' || second[row] === '' || found === second[row]);
}

function readSample(sample: Sample, entry: EncryptedColumn): string[] {
  const form = readEntry(entry);
  const columns = sample.columns.map(({ name, shape }) => ({
    name,
    shape,
    forms: name === entry.column ? [form] : [],
  }));
  return sample.rows.map((row) =>
    findValues(columns, row)
      .flatMap(({ ciphertext }) =>
        ciphertext ? [`${ivBytesOrName(ciphertext.iv)} ${ciphertext.body.toString('latin1')}`] : [],
      )
      .join('\n'),
  );
}

import type { EncryptedColumn } from '#contract/inventory';
import { ivBytesOrName } from '#forms/cipher';
import { readEntry } from '#forms/entry';
import { formatLayout } from '#forms/layout';
import { findValues } from '#forms/row-values';
import type { Sample } from '#postgres/sample';
import { meansTheSame } from './same-place.ts';
import type { Candidate, Finding } from './finding.ts';

/**
 * Entries of an inventory that contradict a form which is proven on the sampled cells: they read other parts of them, or decrypt
 * them in another manner.
 */
export function findConflicts(
  sample: Sample,
  listed: readonly EncryptedColumn[],
  proven: readonly Candidate[],
): Finding[] {
  return listed.flatMap((entry) => {
    for (const one of proven) {
      const what = meansTheSame(one.entry, entry) ? conflictOf(sample, entry, one) : undefined;
      if (what) return [{ entry: one.entry, why: `${what}; ${one.why}` }];
    }
    return [];
  });
}

/** What an inventory's entry says that a proven form denies; undefined where they agree, or it cannot be told. */
function conflictOf(
  sample: Sample,
  entry: EncryptedColumn,
  { entry: found, frame }: Candidate,
): string | undefined {
  const [listed, proven] = [readEntry(entry).layout, readEntry(found).layout];
  if (listed.segment !== proven.segment || listed.padding !== proven.padding) {
    return `its layout is not the one that the inventory has, but \`${formatLayout(proven)}\``;
  }
  if (frame !== 'proven' || readAlike(sample, entry, found)) return undefined;
  return 'the IV of its values is not where the inventory says';
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

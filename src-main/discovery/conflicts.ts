import type { EncryptedColumn } from '#contract/inventory';
import { ivBytesOrName } from '#forms/cipher';
import { readEntry } from '#forms/entry';
import { findValues } from '#forms/row-values';
import type { Sample } from '#postgres/sample';
import { meansTheSame } from './same-place.ts';
import type { Candidate, Finding } from './discovery.ts';

/** Entries of an inventory that read other parts of the sampled cells than a form that is proven on them. */
export function findConflicts(
  sample: Sample,
  listed: readonly EncryptedColumn[],
  proven: readonly Candidate[],
): Finding[] {
  return listed.flatMap((entry) => {
    const better = proven.find(
      (one) => meansTheSame(one.entry, entry) && !readAlike(sample, entry, one.entry),
    );
    if (!better) return [];
    return [
      { entry: better.entry, why: `the IV of its values is not where the inventory says; ${better.why}` },
    ];
  });
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

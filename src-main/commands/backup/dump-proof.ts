import { takeFileCensus } from '#census/files/census-file';
import type { CensusPlace } from '#census/census-result';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { ColumnProof, Proof } from '#proof/prove';
import type { NestedValues } from '#proof/values-within';

/**
 * What each of several keys opens of a dump, without restoring it: of the values that any of them opens. A value that none of them
 * opens is not told from text, so that a key is called wrong only where another one opens something.
 */
export async function proveInDump(
  path: string,
  keys: readonly EncryptionKey[],
  signal: AbortSignal,
): Promise<readonly Proof[]> {
  const { places } = await takeFileCensus(path, { keys, signal });
  return keys.map((key): Proof => {
    const own = places.filter((place) => place.key === key.fingerprint);
    if (own.length === 0)
      return { verdict: places.length > 0 ? 'wrong' : 'inconclusive', bits: 0, columns: [] };
    const within = { nested: own.flatMap((place) => nestedOf(place)), cut: 0 };
    const columns = own
      .filter(({ nested }) => !nested)
      .map((place): ColumnProof => {
        const { schema, table, column, values, bits } = place;
        const isBeside = (one: CensusPlace) =>
          one.schema === schema && one.table === table && one.column === column && !one.nested;
        const rows = places.filter(isBeside).reduce((sum, one) => sum + one.values, 0);
        return {
          entry: entryOf(place),
          rows,
          proven: values,
          contradicted: rows - values,
          inconclusive: 0,
          unrecognised: 0,
          tooShort: 0,
          bits,
          verdict: rows === values ? 'correct' : 'mixed',
        };
      });
    // what is within the values of other keys only is opened with these alone
    const isWhole = columns.length > 0 && columns.every(({ verdict }) => verdict === 'correct');
    const bits = columns.reduce((sum, column) => sum + column.bits, 0);
    return { verdict: isWhole ? 'correct' : 'mixed', bits, columns, within };
  });
}

function entryOf({ schema, table, column, form = '' }: CensusPlace): EncryptedColumn {
  return { schema, table, column, layout: form, kind: 'unknown' };
}

/** What is within decrypted values is counted by itself. */
function nestedOf(place: CensusPlace): NestedValues[] {
  const { key, values, certain, nested } = place;
  return nested ? [{ entry: entryOf(place), key, values, certain, depth: nested.depth }] : [];
}

import { takeFileCensus } from '#census/census-file';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { ColumnProof, Proof } from '#proof/prove';

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
    const columns = own.map((place): ColumnProof => {
      const { schema, table, column, values, bits, nested } = place;
      // what is within decrypted values is counted by itself
      const there = places.filter(
        (one) =>
          one.schema === schema &&
          one.table === table &&
          one.column === column &&
          (one.nested === undefined) === (nested === undefined),
      );
      const rows = there.reduce((sum, one) => sum + one.values, 0);
      return {
        entry: {
          ...{ schema, table, column, layout: place.form ?? '', kind: 'unknown' },
          ...(nested && { path: 'within its decrypted values' }),
        },
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
    const isWhole = columns.every(({ verdict }) => verdict === 'correct');
    const bits = columns.reduce((sum, column) => sum + column.bits, 0);
    return { verdict: isWhole ? 'correct' : 'mixed', bits, columns };
  });
}

import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import type { ArchiveComparison, ColumnComparison, ComparedValue, Difference } from './compare-archive.ts';
import type { AcceptableImportStop } from './import-findings.ts';

/**
 * Which credentials are written: those that differ and, where the admin took that on, those that stand there and open under no
 * key. What has not even the form of a ciphertext is left: nothing tells how to write one in its place.
 */
export function writtenValues(accepted: readonly AcceptableImportStop[]): (value: ComparedValue) => boolean {
  const overUnopened = accepted.includes('unopened-rows');
  return ({ comparison, here }) =>
    comparison === 'differs' || (comparison === 'unopened' && overUnopened && here?.judged !== undefined);
}

/**
 * Throws unless the key is proven on the database, everything that would be written over is understood or taken on, and there is
 * something to write.
 */
export function assertImportable(
  { verdict, columns, differences, values }: ArchiveComparison & { readonly values: number },
  key: EncryptionKey,
  accepted: readonly AcceptableImportStop[],
): void {
  if (verdict === 'wrong' || verdict === 'inconclusive') {
    throw new KeelError(
      verdict === 'wrong' ? 'key-wrong' : 'key-unproven',
      verdict === 'wrong'
        ? `the key ${key.fingerprint} does not open this database: what it makes of its values is noise; nothing was changed`
        : `the values that are there are too few or too short to prove the key ${key.fingerprint}; nothing was changed`,
      'give the key that Ballast runs with; `keel prove` tells which columns a key opens',
    );
  }
  const unopened = total(columns, 'unopened');
  if (unopened > 0 && !accepted.includes('unopened-rows')) {
    const rows = differences.filter(({ comparison }) => comparison === 'unopened').map(describe);
    const more = unopened > rows.length ? `; and ${unopened - rows.length} more` : '';
    throw new KeelError(
      'rows-unopened',
      `${unopened} values that the archive has open under no known key now (${rows.join('; ')}${more}): users' own, or damaged; nothing was changed`,
      'look at these rows; to write the archived values over them, pass `--accept unopened-rows`',
    );
  }
  if (values > 0) return;
  throw new KeelError(
    'nothing-to-import',
    `the database has nothing that differs from the archive (${total(columns, 'equal')} values are equal, ${total(columns, 'missing')} have no row any more); nothing was changed`,
    'nothing is left to do',
  );
}

/** Sum over all columns. */
export function total(
  columns: readonly ColumnComparison[],
  of: keyof Omit<ColumnComparison, 'entry'>,
): number {
  return columns.reduce((sum, column) => sum + column[of], 0);
}

function describe({ entry, row }: Difference): string {
  return `${entry.table}.${entry.column} ${row}`;
}

import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { differing, isTaken, leftDifferent, total, writable } from './archive-differences.ts';
import type { ArchiveHeader } from './archive-form.ts';
import type { ArchiveComparison, Difference } from './compare-archive.ts';
import type { ComparedValue } from './compared-value.ts';
import type { AcceptableImportStop } from './import-findings.ts';
import { counted, formatCount } from '#shared/counted';

/**
 * Which credentials are written: those that differ and, where the admin accepted it, those that the key does not decrypt or that
 * are missing from their rows. What has an obstacle is left.
 */
export function writtenValues(accepted: readonly AcceptableImportStop[]): (value: ComparedValue) => boolean {
  return ({ comparison, obstacle }) => obstacle === undefined && isTaken(comparison, accepted);
}

/**
 * Throws unless the key is proven, everything that would be written over is understood or accepted, and there is something to
 * write.
 */
export function assertImportable(
  plan: ArchiveComparison & { readonly values: number; readonly header: ArchiveHeader },
  key: EncryptionKey,
  accepted: readonly AcceptableImportStop[],
): void {
  assertProven(plan, key);
  const { columns, differences, values } = plan;
  const unopened = writable(plan, 'unopened') + writable(plan, 'foreign');
  if (unopened > 0 && !accepted.includes('unopened-rows')) {
    const rows = differences
      .filter(({ comparison, obstacle }) => !obstacle && /^(unopened|foreign)$/.test(comparison))
      .map(describe);
    const more = unopened > rows.length ? `; and ${formatCount(unopened - rows.length)} more` : '';
    throw new KeelError(
      'rows-unopened',
      `for ${counted(unopened, 'archived value')}, the database now has a value that the key does not decrypt or that is not in the column's format (${rows.join('; ')}${more}): encrypted with a user's own key, damaged, or in plain text; nothing was changed`,
      text`check these rows; to overwrite them with the archived values, ${{ do: 'accept', code: 'unopened-rows' }}`,
    );
  }
  if (values > 0) return;
  if (differing(columns) === 0) {
    throw new KeelError(
      'already-imported',
      `nothing in the database differs from the archive (${total(columns, 'equal')} values are equal); nothing was changed`,
      'there is nothing to do',
    );
  }
  throw new KeelError(
    'nothing-importable',
    `none of the differences from the archive is written back: ${leftDifferent(plan, accepted).join('; ')}; nothing was changed`,
    writable(plan, 'valueMissing') > 0
      ? text`check the rows; to write missing values back, ${{ do: 'accept', code: 'missing-values' }}`
      : text`${{ do: 'compare-archive' }} lists them; \`age --decrypt\` prints their values in the archive`,
  );
}

/**
 * By the database's own values; where these say nothing, being all gone, by the archive: its key was proven when it was made.
 */
function assertProven(
  { verdict, header }: ArchiveComparison & { header: ArchiveHeader },
  key: EncryptionKey,
) {
  if (verdict === 'correct' || verdict === 'mixed') return;
  if (verdict === 'inconclusive' && header.fingerprint === key.fingerprint) return;
  throw new KeelError(
    verdict === 'wrong' ? 'key-wrong' : 'key-unproven',
    verdict === 'wrong'
      ? `the key ${key.fingerprint} does not decrypt this database: the result is noise; nothing was changed`
      : `the values in the database are too few or too short to prove the key ${key.fingerprint}, and the archive was created with the key ${header.fingerprint}; nothing was changed`,
    text`use the key that the database is encrypted with; ${{ do: 'prove' }} shows which columns a key decrypts`,
  );
}

function describe({ entry, row }: Difference): string {
  return `${entry.table}.${entry.column} ${row}`;
}

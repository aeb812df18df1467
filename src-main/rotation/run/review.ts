import { isSettled } from '#evidence/column-assay';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { excludableName } from '#proof/exclusion';
import type { AcceptableStop } from '#rewrite/finding';
import type { KeyPair } from './ruling.ts';
import type { Offender, FormTally } from './form-tally.ts';

/** Values of another key that may pass for this one's in a column of both, before the admin is asked: one in a hundred runs. */
const tolerableMistakes = 0.01;

/**
 * Throws if what was ruled on all values must stop the rotation: values that open under no known key and were not
 * excluded by name, values that nobody can vouch for, or a new key that is in use already.
 */
export function reviewTallies(
  tallies: readonly FormTally[],
  keys: KeyPair,
  accepted: readonly AcceptableStop[],
): void {
  const underTo = tallies.reduce((sum, tally) => sum + tally.underTo, 0);
  if (underTo > 0 && !keys.toMayBePresent) {
    throw new KeelError(
      'to-key-in-use',
      `${underTo} values already open under the new key ${keys.to.fingerprint}: somebody began this rotation before; nothing was changed`,
      text`to finish it, ${{ do: 'accept', code: 'half-rotated' }}: every value is then judged against both keys`,
      { stops: ['half-rotated'] },
    );
  }
  const unopened = tallies.filter((tally) => tally.unopened > 0 && !tally.excluded);
  if (unopened.length > 0) throw unopenedError(unopened);
  const unspelled = tallies.filter((tally) => tally.unspelled > 0);
  if (unspelled.length > 0) throw unspelledError(unspelled);
  if (accepted.includes('ambiguous-rows')) return;
  const short = tallies.filter(({ tooShort }) => tooShort > 0);
  if (short.length > 0) throw tooShortError(short);
  const ambiguous = tallies.filter(
    (tally) => tally.ambiguous > 0 || tally.expectedMistaken > tolerableMistakes,
  );
  if (ambiguous.length === 0) return;
  throw new KeelError(
    'rows-ambiguous',
    `some values are too short to tell under which key they are: ${ambiguous.map(describeAmbiguous).join('; ')}; nothing was changed`,
    text`look at these rows; to take them as values of the old key, ${{ do: 'accept', code: 'ambiguous-rows' }}`,
    { stops: ['ambiguous-rows'] },
  );
}

/** Throws unless the old key is proven on every column by all of its values. */
export function reviewProof(
  tallies: readonly FormTally[],
  keys: KeyPair,
  accepted: readonly AcceptableStop[],
): void {
  if (keys.toMayBePresent || accepted.includes('unproven-column')) return;
  // of a column that the admin named, values which the key does not open were to be left
  const open = tallies.filter(
    ({ assay, excluded }) => !excluded && assay.verdict !== 'mixed' && !isSettled(assay),
  );
  if (open.length === 0) return;
  throw new KeelError(
    'key-unproven',
    `the values of ${open.map(labelOf).join(', ')} do not prove the old key; nothing was changed`,
    text`check the columns with ${{ do: 'prove' }}; to take them as they are, ${{ do: 'accept', code: 'unproven-column' }}`,
    { stops: ['unproven-column'] },
  );
}

function unopenedError(tallies: readonly FormTally[]): KeelError {
  const lists = tallies.map((tally) => {
    const rows = tally.offenders.filter((offender) => offender.reason !== 'ambiguous').map(describeOffender);
    const more = tally.unopened - rows.length;
    return `${labelOf(tally)}: ${tally.unopened} (${rows.join('; ')}${more > 0 ? `; and ${more} more` : ''})`;
  });
  const names = new Set(tallies.map(({ entry }) => excludableName(entry)));
  return new KeelError(
    'rows-unopened',
    `values that no known key opens in the form of their column: ${lists.join(', ')}; nothing was changed`,
    text`${{ do: 'look-for-other-form' }}, or find their key; to leave them as they are, byte for byte, ${{ do: 'exclude', columns: [...names] }}`,
  );
}

function unspelledError(tallies: readonly FormTally[]): KeelError {
  const columns = tallies.map((tally) => `${labelOf(tally)} (${tally.unspelled})`);
  return new KeelError(
    'rows-ambiguous',
    `no value of these columns shows whether the application reads standard base64 or base64url, and some are too long to be written so that both read them: ${columns.join(', ')}; nothing was changed`,
    text`find out which one the application reads; if it is base64url, give the column that layout in the inventory; if it is standard base64, ${{ do: 'accept', code: 'alphabet-untold' }}`,
    { stops: ['alphabet-untold'] },
  );
}

function tooShortError(tallies: readonly FormTally[]): KeelError {
  const lists = tallies.map((tally) => {
    const rows = tally.tooShortRows.map(({ row }) => row);
    const more = tally.tooShort - rows.length;
    return `${labelOf(tally)}: ${tally.tooShort} (${rows.join('; ')}${more > 0 ? `; and ${more} more` : ''})`;
  });
  return new KeelError(
    'rows-ambiguous',
    `some values are too short to tell whether they are under the old key, or decrypt to text by chance: ${lists.join(', ')} [too-short]; nothing was changed`,
    text`look at these rows; to leave them as they are, ${{ do: 'accept', code: 'too-short' }}; to take them as values of the old key, ${{ do: 'accept', code: 'ambiguous-rows' }}`,
    { stops: ['too-short'] },
  );
}

function describeOffender({ row, reason }: Offender): string {
  return `${row}: ${reason === 'unrecognised' ? 'not in the layout' : 'noise under this key'}`;
}

function describeAmbiguous(tally: FormTally): string {
  const rows = tally.offenders.filter((offender) => offender.reason === 'ambiguous').map(({ row }) => row);
  if (rows.length === 0)
    return `${labelOf(tally)} holds values of another key, and some may look like this one's`;
  return `${labelOf(tally)}: ${tally.ambiguous} (${rows.join('; ')})`;
}

function labelOf({ entry }: FormTally): string {
  return `${entry.schema}.${entry.table}.${entry.column}${entry.path ? ` ${entry.path}` : ''}`;
}

import { isSettled } from '#evidence/column-statistics';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { layoutOf } from '#forms/entry';
import { excludableName } from '#proof/exclusion';
import type { AcceptableStop } from '#rewrite/finding';
import type { KeyPair } from './decision.ts';
import type { ProblemRow, FormCounter } from './form-counter.ts';
import { isAuthenticated } from '#schemes/scheme';
import { columnPath } from '#shared/column-path';
import { formatCount } from '#shared/counted';

/** Values of another key that may pass for this one's in a column of both, before the admin is asked: one in a hundred runs. */
const tolerableMistakes = 0.01;

/**
 * Throws if what was ruled on all values must stop the rotation: values that open with no known key and were not
 * excluded by name, values that nobody can vouch for, or a new key that is in use already.
 */
export function reviewCounters(counters: readonly FormCounter[], keys: KeyPair): void {
  const underTo = counters.reduce((sum, counter) => sum + counter.underTo, 0);
  if (underTo > 0 && !keys.toMayBePresent) {
    throw new KeelError(
      'to-key-in-use',
      `${formatCount(underTo)} values are already encrypted with the new key ${keys.to.fingerprint}: this rotation was started before; nothing was changed`,
      text`to finish it, ${{ do: 'accept', code: 'half-rotated' }}: every value is then tried with both keys`,
      { stops: ['half-rotated'] },
    );
  }
  const unopened = counters.filter((counter) => counter.unopened > 0 && !counter.excluded);
  if (unopened.length > 0) throw unopenedError(unopened);
  const unspelled = counters.filter((counter) => counter.unspelled > 0);
  if (unspelled.length > 0) throw unspelledError(unspelled);
  if (keys.inDoubt !== 'stop') return;
  const short = counters.filter(({ tooShort }) => tooShort > 0);
  if (short.length > 0) throw tooShortError(short);
  const ambiguous = counters.filter(
    (counter) => counter.ambiguous > 0 || counter.expectedMistaken > tolerableMistakes,
  );
  if (ambiguous.length === 0) return;
  throw new KeelError(
    'rows-ambiguous',
    `some values are too short to tell which key they are encrypted with: ${ambiguous.map(describeAmbiguous).join('; ')}; nothing was changed`,
    text`check these rows; to treat them as encrypted with the old key, ${{ do: 'accept', code: 'ambiguous-rows' }}`,
    { stops: ['ambiguous-rows'] },
  );
}

/** Throws unless the old key is proven on every column by all of its values. */
export function reviewProof(
  counters: readonly FormCounter[],
  keys: KeyPair,
  accepted: readonly AcceptableStop[],
): void {
  if (keys.toMayBePresent || accepted.includes('unproven-column')) return;
  // of a column that the admin named, values which the key does not open were to be left
  const open = counters.filter(
    ({ statistics, excluded }) => !excluded && statistics.verdict !== 'mixed' && !isSettled(statistics),
  );
  if (open.length === 0) return;
  throw new KeelError(
    'key-unproven',
    `the values of ${open.map(({ entry }) => columnPath(entry)).join(', ')} do not prove that the old key is right; nothing was changed`,
    text`check the columns with ${{ do: 'prove' }}; to continue without proof, ${{ do: 'accept', code: 'unproven-column' }}`,
    { stops: ['unproven-column'] },
  );
}

function unopenedError(counters: readonly FormCounter[]): KeelError {
  const lists = counters.map((counter) => {
    const rows = counter.problemRows
      .filter((problemRow) => problemRow.reason !== 'ambiguous')
      .map((problemRow) => describeProblemRow(problemRow, unopenedWords(counter)));
    const more = counter.unopened - rows.length;
    return `${columnPath(counter.entry)}: ${formatCount(counter.unopened)} (${rows.join('; ')}${more > 0 ? `; and ${formatCount(more)} more` : ''})`;
  });
  const names = new Set(counters.map(({ entry }) => excludableName(entry)));
  return new KeelError(
    'rows-unopened',
    `values that no known key decrypts in the format of their column: ${lists.join(', ')}; nothing was changed`,
    text`${{ do: 'look-for-other-form' }}, or find the key they were encrypted with; to leave them unchanged, byte for byte, ${{ do: 'exclude', columns: [...names] }}`,
  );
}

function unspelledError(counters: readonly FormCounter[]): KeelError {
  const columns = counters.map((counter) => `${columnPath(counter.entry)} (${counter.unspelled})`);
  return new KeelError(
    'rows-ambiguous',
    `no value of these columns shows whether the application reads standard base64 or base64url, and some are too long to be written in a way that both can read: ${columns.join(', ')}; nothing was changed`,
    text`find out which of the two the application reads; if it is base64url, set that layout for the column in the inventory; if it is standard base64, ${{ do: 'accept', code: 'alphabet-untold' }}`,
    { stops: ['alphabet-untold'] },
  );
}

function tooShortError(counters: readonly FormCounter[]): KeelError {
  const lists = counters.map((counter) => {
    const rows = counter.tooShortRows.map(({ row }) => row);
    const more = counter.tooShort - rows.length;
    return `${columnPath(counter.entry)}: ${formatCount(counter.tooShort)} (${rows.join('; ')}${more > 0 ? `; and ${formatCount(more)} more` : ''})`;
  });
  return new KeelError(
    'rows-ambiguous',
    `some values are too short to tell whether they are encrypted with the old key or only decrypt to text by chance: ${lists.join(', ')} [too-short]; nothing was changed`,
    text`check these rows; to leave them unchanged, ${{ do: 'accept', code: 'too-short' }}; to treat them as encrypted with the old key, ${{ do: 'accept', code: 'ambiguous-rows' }}`,
    { stops: ['too-short'] },
  );
}

/** A cipher with a tag makes no noise of another key's value: it refuses it, and a damaged one too. */
function unopenedWords({ entry }: FormCounter): string {
  const { scheme } = layoutOf(entry);
  return scheme && isAuthenticated(scheme)
    ? 'rejected, so encrypted with another key or damaged'
    : 'decrypts to noise';
}

function describeProblemRow({ row, reason }: ProblemRow, unopened: string): string {
  return `${row}: ${reason === 'unrecognised' ? 'not in the layout' : unopened}`;
}

function describeAmbiguous(counter: FormCounter): string {
  const rows = counter.problemRows
    .filter((problemRow) => problemRow.reason === 'ambiguous')
    .map(({ row }) => row);
  if (rows.length === 0)
    return `${columnPath(counter.entry)} contains values encrypted with another key, and some may look as if this key decrypted them`;
  return `${columnPath(counter.entry)}: ${counter.ambiguous} (${rows.join('; ')})`;
}

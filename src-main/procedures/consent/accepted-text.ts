import { onOneLine, someOf } from './shown-text.ts';

/** What was accepted, as it is named in a question. What is not here is named by its code. */
const risks: Readonly<Record<string, string>> = {
  'other-sessions': 'others stay connected',
  'prepared-transactions': 'prepared transactions are open',
  pooler: 'a pooler is in between',
  triggers: 'triggers fire',
  'unlisted-columns': 'columns that look encrypted are not in the inventory',
  'nested-values': 'what is encrypted within decrypted values stays under the old key',
  'unproven-column': 'the key is not proven on a column',
  'too-short': 'values too short to tell are taken for encrypted',
  companion: 'a checksum beside a value no longer fits',
  'iv-assumed': 'where an IV is was assumed',
  'not-read': 'not all of the database was read',
  'ambiguous-rows': 'values that either key decrypts are taken for the old key’s',
  'alphabet-untold': 'values are written in standard base64, which no value shows',
  'half-rotated': 'some values are under the new key already',
  'weak-from-key': 'the old key is weak',
  'other-database': 'the archive is of another database',
  'unopened-rows': 'values that the key does not decrypt are written over',
  'missing-values': 'values that are missing are put back',
  'not-swept': 'no sweep has looked for rows under it',
  undo: 'the rotation cannot be undone then',
  'never-used': 'another Ballast, or an older dump, may be under it',
  'no-census': 'no census was taken of',
  'values-seen': 'a census saw values under it in',
};

/** One line, or none where nothing was accepted. A code may go on with what it is about. */
export function acceptedInWords(accepted: readonly string[]): string[] {
  if (accepted.length === 0) return [];
  const words = accepted.map((code) => {
    const [kind = '', ...about] = code.split('=');
    const known = Object.hasOwn(risks, kind) ? risks[kind] : undefined;
    return onOneLine(known === undefined ? code : [known, about.join('=')].join(' ').trim());
  });
  return [`Risks accepted: ${someOf(words)}.`];
}

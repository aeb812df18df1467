import { onOneLine, someOf } from './shown-text.ts';

/** What was accepted, as it is named in a question. What is not here is named by its code. */
const risks: Readonly<Record<string, string>> = {
  'other-sessions': 'other sessions stay connected',
  'prepared-transactions': 'prepared transactions are open',
  pooler: 'the connection goes through a pooler',
  triggers: 'triggers fire',
  'unlisted-columns': 'columns that look encrypted are not in the inventory',
  'nested-values': 'what is encrypted inside decrypted values stays encrypted with the old key',
  'unproven-column': 'the key is not proven for a column',
  'too-short': 'values too short to tell are treated as encrypted',
  companion: 'a checksum next to a value no longer matches',
  'iv-assumed': 'the position of an IV was assumed',
  'not-read': 'not all of the database was read',
  'ambiguous-rows': 'values that either key decrypts are treated as encrypted with the old key',
  'alphabet-untold': 'values are written in standard base64, which no value confirms',
  'half-rotated': 'some values are already encrypted with the new key',
  'weak-from-key': 'the old key is weak',
  'other-database': 'the archive is from another database',
  'unopened-rows': 'values that the key does not decrypt are overwritten',
  'missing-values': 'missing values are written back',
  'not-swept': 'no sweep has searched for rows encrypted with it',
  undo: 'the rotation can then no longer be undone',
  'never-used': 'another Ballast, or an older dump, may be encrypted with it',
  'no-census': 'no census was taken of',
  'values-seen': 'a census found values encrypted with it in',
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

import { namesInFull } from './in-full.ts';
import { quoted } from './shown-text.ts';

/** What was accepted, as it is named in a question. What is not here is named by its code. */
const risks: Readonly<Record<string, string>> = {
  'other-sessions': 'other sessions stay connected',
  'prepared-transactions': 'prepared transactions are open',
  triggers: 'triggers fire',
  'unlisted-columns': 'columns that look encrypted are not in the inventory',
  'nested-values': 'what is encrypted inside decrypted values stays encrypted with the old key',
  'unproven-column': 'the key is not proven for a column',
  'too-short': 'values too short to tell stay unchanged',
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
  'never-used': 'another deployment, or an older dump, may be encrypted with it',
  'no-census': 'no census was run on',
  'values-seen': 'a census found values encrypted with it in',
};

/**
 * One line, or none where nothing was accepted. Every code is named, Keel's own words first: what the page wrote is quoted, so that it can
 * neither hide a risk nor speak in its place. Throws `usage` for more than a dialog shows.
 */
export function acceptedInWords(accepted: readonly string[]): string[] {
  if (accepted.length === 0) return [];
  const known: string[] = [];
  const others: string[] = [];
  for (const code of new Set(accepted)) {
    const [kind = '', ...about] = code.split('=');
    const risk = Object.hasOwn(risks, kind) ? risks[kind] : undefined;
    if (risk === undefined) others.push(quoted(code));
    else known.push(about.length === 0 ? risk : `${risk} ${quoted(about.join('='))}`);
  }
  return [`Risks accepted: ${namesInFull([...known, ...others], 'the accepted risks')}.`];
}

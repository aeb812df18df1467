/** Texts of others in a native dialog. Pure. */

/** On one line, without characters that hide or turn around what follows, and no longer than `most`. */
export function onOneLine(text: string, most = 200): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`;
}

/** The first of them, and how many more there are. */
export function someOf(texts: readonly string[], most = 12): string {
  const shown = texts.slice(0, most).map((text) => onOneLine(text));
  const more = texts.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** Texts of others in a native dialog. Pure. */

/** On one line, without characters that hide or turn around what follows, and no longer than `max`. */
export function onOneLine(text: string, max = 200): string {
  const plain = text.replace(/[\s\p{C}\p{DI}\p{Zs}\p{Zl}\p{Zp}\u2800]+/gu, ' ').trim();
  return plain.length <= max ? plain : `${plain.slice(0, max - 1)}…`;
}

/** On one line in quotation marks, none of which is in it: what others wrote cannot pose as Keel's own words. */
export function quoted(text: string, max?: number): string {
  return `“${onOneLine(text.replace(/[“”"]/g, ' '), max)}”`;
}

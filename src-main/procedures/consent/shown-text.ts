import { formatCount } from '#shared/counted';
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

/** The first of them, and how many more there are. */
export function someOf(texts: readonly string[], max = 12): string {
  const shown = texts.slice(0, max).map((text) => onOneLine(text));
  const more = texts.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${formatCount(more)} more` : shown.join(', ');
}

/** The same, each in quotation marks. */
export function quotedOf(texts: readonly string[], max: number): string {
  const shown = texts.slice(0, max).map((text) => quoted(text));
  const more = texts.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${formatCount(more)} more` : shown.join(', ');
}

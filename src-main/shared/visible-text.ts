/**
 * Characters that are not seen and change what is: controls (ESC among them), formatting and bidirectional ones, surrogates by
 * themselves, separators of lines and paragraphs.
 */
const unseen = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Text that others wrote, fit to be in a line: each character that is not seen shows as a replacement character. */
export function visible(text: string): string {
  return text.replace(unseen, '\u{fffd}');
}

/** The same, and no longer than 60 characters: a value in a list. */
export function visibleBrief(text: string): string {
  const safe = visible(text);
  return safe.length > 60 ? `${safe.slice(0, 59)}…` : safe;
}

/** Text that others wrote, as one line with an end: runs of white space and of characters that are not seen become a blank. */
export function shownText(text: string, max = 120): string {
  const line = text
    .slice(0, max * 4)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}

/** The same for text of several lines, whose breaks and tabs stay. */
export function visibleLines(text: string): string {
  return text.replace(unseen, (character) => (/[\n\t]/.test(character) ? character : '\u{fffd}'));
}

/** A JSON text that means the same, with the characters that are not seen written as escapes. They are in its strings alone. */
export function visibleJson(json: string): string {
  return json.replace(unseen, (character) =>
    Array.from({ length: character.length }, (_, i) => {
      return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}

/** Text that somebody else wrote, fit to be shown: one line, no control or formatting characters, and an end. */
export function shownText(text: string, max = 120): string {
  const line = text
    .slice(0, max * 4)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}

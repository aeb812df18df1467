/** Text that somebody else wrote, fit to be shown: one line, no control or formatting characters, and an end. */
export function shownText(text: string, most = 120): string {
  const line = text
    .slice(0, most * 4)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

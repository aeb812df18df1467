/** 1,234,567 */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** 850 ms, 2.4 s, 3 min 12 s */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** `1 row`, `2 rows`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Text of the database made safe for a terminal: no control or formatting characters. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\u{fffd}');
}

/** Numbers for people, always with their unit. Pure, English, and the same on every machine. */

import { counted } from '#shared/counted';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** Evidence, like `18,412 bits`. Rounded down: evidence is not made up. */
export function formatBits(bits: number): string {
  return `${whole.format(Math.floor(bits))} bits`;
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** The chance that a wrong key did this, like `2⁻¹⁸⁴¹²`. */
export function chanceInWords(bits: number): string {
  const digits = String(Math.max(0, Math.floor(bits)));
  return `2⁻${digits.replace(/\d/g, (digit) => superscripts.charAt(Number(digit)))}`;
}

/** From here on, as for the scan of a database, nothing else could look like this, and it is no longer a guess. */
const certainBits = 64;
const likelyBits = 20;

/** How sure evidence makes a result. */
export function certaintyInWords(bits: number): 'Certain' | 'Likely' | 'Not certain' {
  if (bits >= certainBits) return 'Certain';
  return bits >= likelyBits ? 'Likely' : 'Not certain';
}

/** Like `420 ms`, `1.9 s`, `2 min 5 s`, `1 h 4 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return '0 ms';
  if (ms < 1000) return `${whole.format(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${oneDigit.format(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return joined(minutes, 'min', Math.round(seconds) % 60, 's');
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** How long something still takes, no finer than it can be known: `under 5 s`, `about 40 s`, `about 3 min`. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 5) return 'under 5 s left';
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} s left`;
  if (seconds < 3300) return `about ${Math.ceil(seconds / 60)} min left`;
  return `about ${oneDigit.format(seconds / 3600)} h left`;
}

/** What a census read, as preflight tells it: like `under 0.1 MiB`, `3.2 MiB`, `412 MiB` (powers of 1024). */
export function formatMebibytes(bytes: number): string {
  const mebibytes = bytes / (1 << 20);
  if (bytes > 0 && mebibytes < 0.1) return 'under 0.1 MiB';
  return `${(mebibytes < 10 ? oneDigit : whole).format(mebibytes)} MiB`;
}

/** Rows a second, like `96,000 rows/s`: two digits are known, the rest is noise. */
export function formatRate(rowsPerSecond: number): string {
  const scale = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(rowsPerSecond, 1))) - 1);
  return `${whole.format(Math.round(rowsPerSecond / scale) * scale)} rows/s`;
}

const dayMs = 86_400_000;

/** An age in days, like `new today`, `1 day old`, `411 days old`. */
export function formatAge(since: string, now: number): string {
  const days = Math.floor((now - Date.parse(since)) / dayMs);
  return days < 1 ? 'new today' : `${counted(days, 'day')} old`;
}

/** Like `just now`, `5 min ago`, `3 h ago`, `yesterday`, `3 days ago`, `2 months ago`. */
export function formatAgo(at: string, now: number): string {
  const ms = now - Date.parse(at);
  if (ms < 45_000) return 'just now';
  if (ms < 3_570_000) return `${Math.round(ms / 60_000)} min ago`;
  if (ms < dayMs * 0.9) return `${Math.round(ms / 3_600_000)} h ago`;
  const days = Math.round(ms / dayMs);
  if (days <= 1) return 'yesterday';
  if (days < 60) return `${days} days ago`;
  if (days < 730) return `${Math.round(days / 30.4)} months ago`;
  return `${Math.round(days / 365.25)} years ago`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A day where one is, like `24 Nov 2026`. */
export function formatDay(at: string): string {
  const date = new Date(at);
  return `${date.getDate()} ${months[date.getMonth()]} ${date.getFullYear()}`;
}

/** A moment where one is, like `24 Nov 2026, 21:54`. */
export function formatMoment(at: string): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${formatDay(at)}, ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The last part of a path, for sentences. */
export function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}

/** A first word with a dot, slash or underscore inside is the name of a table, a file or a host. */
const beginsWithName = /^\s*(?:\/|[^\s,;:]*[./_][^\s,;:.])/;

/**
 * A message of the main process as a sentence: a capital first letter, unless it begins with a name, and a full stop where there is
 * no end.
 */
export function asSentence(message: string, capital = !beginsWithName.test(message)): string {
  const text = message.trim();
  if (text === '') return '';
  const sentence = capital ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
  return /[.?:…]$/.test(sentence) ? sentence : `${sentence}.`;
}

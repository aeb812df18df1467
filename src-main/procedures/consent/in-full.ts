import { parsedUrl } from '#shared/parsed-url';
import { KeelError } from '#errors/keel-error';
import { asciiHost, isSocket } from '#shared/ascii-host';
import { quoted } from './shown-text.ts';

// What a question names in full: never cut, never put into other characters. What cannot be shown so is not asked.

/** More would push the rest of a dialog off the screen. */
const longest = 300;

/**
 * What is not seen, or passes for something else: controls and formatting, blanks that are none or stand where nobody sees them, the quotation
 * marks around the text.
 */
const misleading = /^ | $| {2}|[\p{C}\p{DI}\p{Zl}\p{Zp}\u2800“”]|(?! )\p{Zs}/u;

/** A text of others in quotation marks. `what` names it in the failure. Throws `usage` for one that cannot be shown in full. */
export function inFull(text: string, what: string, max = longest): string {
  if (text.length > max)
    throw cannotShow(
      `${what} is longer than ${max} characters`,
      'use a shorter one: the question names it in full',
    );
  if (text === '' || misleading.test(text))
    throw cannotShow(
      `${what} is empty, or contains characters or blanks that cannot be seen`,
      'remove quotation marks, control characters, and blanks at its ends or next to each other',
    );
  return `“${text}”`;
}

/** The same for a name that decides where something goes: letters that look like others are told. */
export function placeInFull(text: string, what: string, max = longest): string {
  return foreignTold(inFull(text, what, max), text);
}

/**
 * The same for what is called by it already and cannot be renamed for a question: a database, a place in one, a copy of a key. What cannot
 * be seen is there by its code point.
 */
export function toldInFull(text: string): string {
  const seen = text.replace(new RegExp(misleading.source, 'gu'), (unseen) =>
    Array.from(unseen, (letter) => `[${codePointOf(letter)}]`).join(''),
  );
  return foreignTold(`“${seen}”`, text);
}

function foreignTold(shown: string, text: string): string {
  const foreign = [...new Set(text.match(/[^\x20-\x7e]/gu))];
  if (foreign.length === 0) return shown;
  const named = foreign
    .slice(0, 5)
    .map((letter) => (misleading.test(letter) ? '' : `${letter} is `) + codePointOf(letter));
  const more = foreign.length - named.length;
  return `${shown} (characters outside ASCII: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
}

function codePointOf(letter: string): string {
  return `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * The host that is connected to, as it is looked up, with its `port` behind it, and what was written instead where that is something else.
 * Throws `usage` for what no server could be called.
 */
export function hostInFull(typed: string, port = ''): string {
  const host = asciiHost(typed);
  if (host === undefined)
    throw cannotShow(`${quoted(typed, 100)} is not a host name or an address`, 'check the host');
  return isSocket(host)
    ? `${placeInFull(host, 'the folder of the socket', 500)}${port}`
    : `${host}${port}${writtenAs(typed, host)}`;
}

function writtenAs(typed: string, host: string): string {
  if (host !== typed.toLowerCase()) return ` (written as ${quoted(typed, 260)})`;
  return /(?:^|\.)xn--/.test(host) ? ' (an internationalised domain name)' : '';
}

/** Of a dialog on a small screen. */
const mostLines = 40;
const mostCharacters = 6000;

/** Lines that one question names, a line each. Throws `usage` for more than anybody could read on one screen. */
export function linesInFull(lines: readonly string[], what: string): string {
  const text = lines.join('\n');
  if (lines.length <= mostLines && text.length <= mostCharacters) return text;
  throw cannotShow(`${what} do not fit into one question`, 'do it in several steps, or with shorter names');
}

/** In lines as wide as a dialog's, about as many as `mostLines`. */
const mostRunning = 3000;

/** Names one after the other, none left out: whoever chooses their order could hide one. Throws `usage` as `linesInFull`. */
export function namesInFull(names: readonly string[], what: string): string {
  const text = names.join(', ');
  if (text.length <= mostRunning) return text;
  throw cannotShow(`${what} do not fit into one question`, 'do it in several steps, or use the command line');
}

/** A server and its port. */
export function serverInFull({ host, port }: { readonly host: string; readonly port: number }): string {
  return hostInFull(host, `, port ${port}`);
}

/** A server that was agreed to before, whatever its host is called: what is asked is not whether to connect to it. */
export function knownServer({ host, port }: { readonly host: string; readonly port: number }): string {
  return asciiHost(host) === undefined ? `${quoted(host, 260)}, port ${port}` : serverInFull({ host, port });
}

/** `host:port`, as credentials are for. Throws as `hostInFull`. */
export function targetInFull(target: string): string {
  const [, host = target, port = ''] = /^(.*)(:\d+)$/.exec(target) ?? [];
  const [, ipv6] = /^\[(.*)\]$/.exec(host) ?? [];
  if (ipv6 !== undefined) return `[${hostInFull(ipv6)}]${port}`;
  // a name that no IDN has is connected to as it is
  const isPlain = /^[a-z0-9_.-]{1,253}$/.test(host) && asciiHost(host) === undefined;
  return isPlain ? `${host}${port}` : hostInFull(host, port);
}

/**
 * An http or https address: the server that is connected to, and its path where it has one. Throws `usage` for another kind of
 * address, and for one with a user, a query or a fragment.
 */
export function addressInFull(address: string): { readonly server: string; readonly path?: string } {
  const url = /[\s\p{C}\\]/u.test(address) ? undefined : parsedUrl(address);
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    [url.username, url.password, url.search, url.hash].some(Boolean)
  )
    throw cannotShow(
      `${quoted(address, 100)} is not an address of a server`,
      'use the format https://server.example.org:8200, without user, query or fragment',
    );
  const typed = bare(/^[a-z]+:\/*(\[[^\]]*\]|[^/:]+)/i.exec(address)?.[1] ?? '');
  const host = bare(url.hostname);
  if (asciiHost(typed) !== host)
    throw cannotShow(`${quoted(typed, 100)} is not a host name or an address`, 'check the host');
  return {
    server: `${url.origin}${writtenAs(typed, host)}`,
    ...(url.pathname !== '/' && { path: placeInFull(url.pathname, 'the path of the address', 500) }),
  };
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** The same on one line. */
export function endpointInFull(address: string): string {
  const { server, path } = addressInFull(address);
  return path === undefined ? server : `${server}, path ${path}`;
}

/** The failure of a question that would have to leave something out. */
export function cannotShow(why: string, remedy: string): KeelError {
  return new KeelError('usage', `${why}, so you were not asked; nothing was changed`, remedy);
}

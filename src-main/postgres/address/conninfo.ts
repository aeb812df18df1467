import { example, malformed } from './malformed.ts';

/** Whether a text is written as libpq's `key=value` pairs, and is no URL. */
export function isConninfo(text: string): boolean {
  return /^\s*[a-z_]+\s*=/i.test(text) && !/^\s*[a-z][a-z0-9+.:-]*:\/\//i.test(text);
}

/**
 * The pairs of a connection string (PostgreSQL documentation, "Keyword/Value Connection Strings"): values in single quotes where they
 * hold a space, `\` before a quote and a backslash. Throws `url-malformed`, without repeating a value.
 */
export function readConninfo(text: string): [name: string, value: string][] {
  if (/^\s*(?:Host|Server|Data Source)\s*=[^;\s]*;/i.test(text))
    throw malformed('the connection string is in the format of .NET (`Host=…;Database=…`)', example);
  const pairs: [string, string][] = [];
  let rest = text.trim();
  while (rest !== '') {
    const [pair, name = '', quoted, bare = ''] =
      /^([A-Za-z_]\w*)\s*=\s*(?:'((?:\\[^]|[^'\\])*)'(?=\s|$)|((?!')(?:\\[^]|[^\s\\])*)(?=\s|$))/.exec(
        rest,
      ) ?? [];
    if (pair === undefined) {
      const at = /^[A-Za-z_]\w*(?=\s*=)/.exec(rest)?.[0];
      throw malformed(
        at
          ? `the value of \`${at}\` is not in the format that libpq reads`
          : `no \`name=value\` follows pair ${pairs.length}`,
        "put values with spaces in single quotes, and write \\' for a quote and \\\\ for a backslash",
      );
    }
    pairs.push([name, (quoted ?? bare).replace(/\\([^])/g, '$1')]);
    rest = rest.slice(pair.length).trimStart();
  }
  return pairs;
}

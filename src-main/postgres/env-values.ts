/**
 * The values that a `.env` sets, as Docker Compose and dotenv read them: quotes, `export`, comments, and `${NAME}` where the
 * file sets NAME before. The last one of a name counts. Lines that set nothing are passed over.
 */
export function readEnvValues(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    const [, name, rest = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) values.set(name, valueOf(rest, values));
  }
  return values;
}

function valueOf(rest: string, before: ReadonlyMap<string, string>): string {
  const [, quote, quoted = ''] = /^(["'`])((?:\\.|(?!\1).)*)\1/.exec(rest) ?? [];
  if (quote === "'" || quote === '`') return quoted;
  if (quote === '"') return expand(quoted.replace(/\\(["\\$])/g, '$1'), before);
  return expand(rest.replace(/(?:^|\s)#.*$/, '').trim(), before);
}

/** A `$` with anything but a known name in braces behind it is part of a password. */
function expand(value: string, before: ReadonlyMap<string, string>): string {
  return value.replace(/\$\{([A-Za-z_]\w*)(?::?-([^}]*))?\}/g, (whole, name: string, instead?: string) => {
    return before.get(name) ?? instead ?? whole;
  });
}

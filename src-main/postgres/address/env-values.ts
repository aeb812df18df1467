/** What a `.env` sets a variable to. */
export interface EnvValue {
  readonly value: string;
  /** Variables of the file whose values went into it, as they stand. */
  readonly from: readonly string[];
  /** What looks like a variable and is not set before in the file: it was left as it stands. */
  readonly unset: readonly string[];
}

/** A line that sets a variable, with the lines that its quotes go on for; quotes that are not closed end with their line. */
const assignment =
  /^[^\S\n]*(?:export\s+)?([A-Za-z_]\w*)(?:[^\S\n]*=[^\S\n]*|:[^\S\n]+)("(?:\\[^]|[^"\\])*"|'[^']*'|`[^`]*`|.*)/gm;

/**
 * The values that a `.env` sets, as Docker Compose and dotenv-expand read them: quotes, `export`, comments, and `$NAME` and `${NAME}`
 * where the file sets NAME before. The last one of a name counts. Lines that set nothing are passed over.
 */
export function readEnvValues(text: string): Map<string, EnvValue> {
  const values = new Map<string, EnvValue>();
  for (const [, name, rest = ''] of text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .matchAll(assignment)) {
    if (name !== undefined) values.set(name, valueOf(rest, values));
  }
  return values;
}

function valueOf(rest: string, before: ReadonlyMap<string, EnvValue>): EnvValue {
  const [, quote, quoted = ''] = /^(["'`])((?:\\[^]|(?!\1)[^])*)\1/.exec(rest) ?? [];
  if (quote === "'" || quote === '`') return { value: quoted, from: [], unset: [] };
  if (quote === '"') return expand(quoted.replace(/\\(["\\])/g, '$1'), before);
  return expand(rest.replace(/(?:^|\s)#.*$/, '').trim(), before);
}

/** `\$` is a dollar sign, `${NAME:-instead}`, `${NAME:+instead}` and the like are the shell's. What the file does not set is left. */
function expand(text: string, before: ReadonlyMap<string, EnvValue>): EnvValue {
  const [from, unset] = [new Set<string>(), new Set<string>()];
  const take = (name: string, known: EnvValue) => {
    from.add(name);
    return known.value;
  };
  const value = text.replace(
    /\\\$|\$\$|\$\{([A-Za-z_]\w*)(?:(:?[-+?])([^}]*))?\}|\$([A-Za-z_]\w*)/g,
    (whole, braced: string | undefined, operator = '', instead = '', bare?: string) => {
      if (whole === '\\$') return '$';
      const name = braced ?? bare;
      if (name === undefined) return whole;
      const known = before.get(name);
      const counts = known && !(operator.startsWith(':') && known.value === '');
      if (operator.endsWith('+')) return counts ? instead : '';
      if (known && counts) return take(name, known);
      if (operator.endsWith('-')) return instead;
      if (known) return take(name, known);
      unset.add(whole);
      return whole;
    },
  );
  return { value, from: [...from], unset: [...unset] };
}

/**
 * The fields of a line of a `.pgpass` (PostgreSQL documentation, "The Password File"): host:port:database:user:password, with `\`
 * before a `:` or `\` in one.
 */
export function passwordFields(line: string): string[] {
  const fields = line.match(/(?:\\.|[^\\:])*(?::|$)/g) ?? [];
  // the match at the end of the line is empty unless the line ends in the fifth field
  const whole = line.endsWith(':') ? fields : fields.slice(0, -1);
  return whole.map((field) => field.replace(/:$/, '').replace(/\\(.)/g, '$1'));
}

/** The password of the first line that is for this database; undefined where none is. */
export function passwordIn(
  text: string,
  { host, port, database, user }: Readonly<Record<'host' | 'port' | 'database' | 'user', string>>,
): string | undefined {
  const wanted = [host.startsWith('/') ? 'localhost' : host, port, database, user];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith('#')) continue;
    const fields = passwordFields(line);
    if (fields.length === 5 && wanted.every((part, at) => fields[at] === '*' || fields[at] === part))
      return fields[4];
  }
  return undefined;
}

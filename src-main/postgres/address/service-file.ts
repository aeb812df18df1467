/** A service of a `pg_service.conf`: its name and what is set in it, later lines over earlier ones. */
export interface Service {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

/** PostgreSQL documentation, "The Connection Service File": sections, `name=value`, comments on lines of their own. */
export function readServices(text: string): Service[] {
  const services: { name: string; values: Map<string, string> }[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, section] = /^\s*\[([^\]]+)\]\s*$/.exec(line) ?? [];
    if (section !== undefined) services.push({ name: section, values: new Map() });
    const [, name, value = ''] = /^\s*([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) services.at(-1)?.values.set(name, value);
  }
  return services;
}

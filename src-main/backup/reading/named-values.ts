/** What a value is made of: in quotes, or to the end of its word. */
const quoted = String.raw`"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'|` + '`[^`\\r\\n]*`';
const word = String.raw`[^\s"'\`,;<>{}\])]+`;

/**
 * The ways in which files of settings, commands and notes write a value after its name, in the order in which they are tried at each place.
 * `NAME` stands for the name and `VALUE` for the value.
 */
const ways: readonly (readonly [string, 'line' | 'flow' | 'word' | 'element'])[] = [
  // .env, shells, PowerShell, properties, an unquoted item of a compose file
  [
    String.raw`^[ \t]*(?:(?:export|set|declare -x|\$env:)[ \t]*|-[ \t]+)?NAME[ \t]*=[ \t]*(?<value>[^\r\n]*)`,
    'line',
  ],
  // an item in quotes: `docker inspect`, compose, systemd, Markdown
  [String.raw`(?<mark>["'\`])NAME=(?<value>(?:(?!\k<mark>)[^\r\n])*)\k<mark>`, 'word'],
  // an argument: `--env=NAME=…`, `-e NAME=…`, `Environment=NAME=…`, `ENV NAME=…`
  [String.raw`[=\s{,]NAME[ \t]*=[ \t]*(?<value>${quoted}|${word})`, 'word'],
  // a block of YAML, or a value on the next line
  [
    String.raw`^[ \t]*(?:-[ \t]+)?["']?NAME["']?:[ \t]*(?:[|>][-+]?\d?)?[ \t]*\r?\n[ \t]+(?<value>[^\s:]+)[ \t]*$`,
    'word',
  ],
  // YAML, JSON, JSON5
  [String.raw`NAME["']?[ \t]*:[ \t]*(?<value>${quoted}|[^\r\n]*)`, 'flow'],
  // fish, `setx`, Dockerfiles
  [
    String.raw`^[ \t]*(?:setx|set(?:[ \t]+-{1,2}\w+)+|ENV|ARG)[ \t]+NAME[ \t]+(?<value>${quoted}|${word})`,
    'word',
  ],
  // tables: CSV, TSV, Markdown
  [String.raw`^[ \t|]*["']?NAME["']?[ \t]*[\t,;|][ \t]*(?<value>${quoted}|[^\s,;|]+)`, 'word'],
  // lists of names and values: Kubernetes, ECS
  [
    String.raw`["']?name["']?[ \t]*:[ \t]*["']?NAME["']?\s*,?\s*["']?value["']?[ \t]*:[ \t]*(?<value>${quoted}|${word})`,
    'word',
  ],
  [
    String.raw`["']?value["']?[ \t]*:[ \t]*(?<value>${quoted}|${word})\s*,?\s*["']?name["']?[ \t]*:[ \t]*["']?NAME\b`,
    'word',
  ],
  // XML
  [String.raw`(?:key|name)=["']NAME["'][^<>]*?value=["'](?<value>[^"'<>]*)["']`, 'element'],
  [String.raw`value=["'](?<value>[^"'<>]*)["'][^<>]*?(?:key|name)=["']NAME["']`, 'element'],
  [String.raw`<NAME>\s*(?<value>[^<>]*?)\s*</NAME>`, 'element'],
  [String.raw`(?:key|name)=["']NAME["'][^<>]*>\s*(?:<value>)?(?<value>[^<>]*?)\s*<`, 'element'],
];

/**
 * The values that one of several variables has in a text, each once. Those that are empty, or refer to a variable, are left out. Comments
 * count as text. In the data of a Kubernetes Secret a value is in base64 and is given without it.
 */
export function valuesOf(text: string, names: readonly string[]): string[] {
  const name = `(?<![\\w$-]|\\$\\{)(?:${names.map(literal).join('|')})(?!\\w)`;
  const taken = new Set<number>();
  const values: string[] = [];
  for (const [way, until] of names.length > 0 ? ways : []) {
    const pattern = new RegExp(way.replaceAll('NAME', name), 'gimd');
    for (const match of text.matchAll(pattern)) {
      const [place = 0] = match.indices?.groups?.['value'] ?? [];
      if (taken.has(place)) continue;
      taken.add(place);
      const { mark = '', value: raw = '' } = match.groups ?? {};
      const value = valueOf(`${mark}${raw}${mark}`, until, text.slice(0, place));
      if (value !== '' && !isReference(value)) values.push(value);
    }
  }
  const isSecret = /\bkind["']?:\s*["']?Secret\b/.test(text) && !/\bstringData\b/.test(text);
  return [...new Set(isSecret ? values.map(decoded) : values)];
}

function valueOf(raw: string, until: (typeof ways)[number][1], before: string): string {
  const [inQuotes] = new RegExp(`^(?:${quoted})`).exec(raw) ?? [];
  if (inQuotes !== undefined) return unescaped(inQuotes);
  if (until === 'element') return fromEntities(raw).trim();
  if (until === 'word') return raw.trim();
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const isFlow = until === 'flow' && /[{[]/.test(line + raw);
  return raw
    .replace(/^#(?:\s.*)?$|\s(?:#|\/\/\s).*$/, '')
    .replace(isFlow ? /[,}\]].*$/ : /;(?:\s.*)?$/, '')
    .trim();
}

/** A string of JSON, or what is between other quotes. */
function unescaped(value: string): string {
  const inside = value.slice(1, -1);
  if (!value.startsWith('"') || !inside.includes('\\')) return inside.trim();
  try {
    return (JSON.parse(value) as string).trim();
  } catch {
    return inside.trim();
  }
}

function fromEntities(text: string): string {
  return text
    .replace(/&#(x[\da-f]+|\d+);/gi, (_, code: string) =>
      String.fromCodePoint(Number(code.replace(/^x/i, '0x'))),
    )
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

function isReference(value: string): boolean {
  return /^(?:\$\{?\w+.*|\$\(.*\)|<[^<>]*>|[{[].*|%\w+%|null|~|[|>][-+]?\d?)$/.test(value);
}

function decoded(value: string): string {
  const bytes = Buffer.from(value, 'base64');
  try {
    const text = bytes.toString('utf8').replace(/\r?\n$/, '');
    return /^[A-Za-z0-9+/]+={0,2}$/.test(value) && !/[\p{Cc}\ufffd]/u.test(text) ? text : value;
  } finally {
    bytes.fill(0);
  }
}

function literal(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

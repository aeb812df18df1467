import type { EncryptedColumn, SecretKind } from '#contract/inventory';

/** Encrypted columns in words. Pure. */

const kinds: Readonly<Record<SecretKind, string>> = {
  credentials: 'Credentials',
  'oauth-access-token': 'Access token',
  'oauth-refresh-token': 'Refresh token',
  'database-password': 'Password',
  'connection-string': 'Connection string',
  'api-credential': 'API credential',
  unknown: 'Unknown',
};

const templates: Readonly<Record<string, string>> = {
  base64: 'base64, IV first',
  base64url: 'base64url, IV first',
  hex: 'hex, IV first',
  base32: 'base32, IV first',
  raw: 'bytes, IV first',
  'hex:base64': 'IV in hex : base64',
  'hex:hex': 'IV in hex : hex',
  'base64:base64': 'IV in base64 : base64',
  grafana: 'Grafana, base64',
  'grafana-raw': 'Grafana, bytes',
};

const modifiers: Readonly<Record<string, string>> = {
  cfb8: 'CFB8',
  pkcs7: 'padded',
  'one-byte-padding': 'padded with one byte',
  'zero-padding': 'padded with zeros',
  'inner-base64': 'base64 inside',
  'raw-secret': 'raw secret',
};

/** What a column protects, like `Access token`. */
export function kindInWords(kind: SecretKind): string {
  return kinds[kind];
}

/** How a column writes its ciphertexts, like `base64, IV first` or `hex, IV first, CFB8, after “ENC:”`. */
export function layoutInWords(layout: string): string {
  const written = /^"((?:[^"]|"")*)"(?:\s+|$)/.exec(layout);
  const quoted = /^'((?:[^']|'')*)'\s+/.exec(layout);
  const rest = layout.slice((written ?? quoted)?.[0].length ?? 0);
  const [name = '', ...more] = rest.split(/\s+/);
  const modified = (written ? [name, ...more] : more)
    .filter((word) => word !== '')
    .map((word) => modifiers[word] ?? word);
  if (written) {
    const { said, around } = templateInWords(written[1]?.replaceAll('""', '"') ?? '');
    return [...said, ...modified, ...around].join(', ');
  }
  const prefix = quoted?.[1]?.replaceAll("''", "'");
  return [...(prefix ? [`after “${prefix}”`] : []), templates[name] ?? name, ...modified].join(', ');
}

const longestAround = 40;

/** A template, like `secret={iv+body base64};{*}`: what its spans hold, and the text around them where there is any. */
function templateInWords(template: string): { readonly said: string[]; readonly around: string[] } {
  const spans: [parts: string[], encoding: string][] = [];
  const text = template.replace(
    /\{\{|\}\}|\{\*\}|\{([\w+[\]]+) (\w+)\}/g,
    (token, parts?: string, encoding = '') => {
      if (token === '{{' || token === '}}') return token.charAt(0);
      if (parts !== undefined) spans.push([parts.split('+'), encoding === 'raw' ? 'bytes' : encoding]);
      return '…';
    },
  );
  const said = spans.map(([parts, encoding]) => spanInWords(parts, encoding, spans.length > 1));
  const shown = text.length > longestAround ? `${text.slice(0, longestAround - 1)}…` : text;
  return { said, around: text === '…' ? [] : [`in “${shown}”`] };
}

function spanInWords(parts: readonly string[], encoding: string, isOneOfMany: boolean): string {
  const iv = parts.indexOf('iv');
  const body = parts.indexOf('body');
  if (iv < 0) return isOneOfMany ? `ciphertext in ${encoding}` : encoding;
  if (body < 0) return `IV in ${encoding}`;
  if (iv > body) return `${encoding}, IV last`;
  const before = parts.slice(0, iv).filter((part) => !part.startsWith('['));
  const after = before.map((part) =>
    /^\d+$/.test(part) ? `${part} ${part === '1' ? 'byte' : 'bytes'}` : part,
  );
  return `${encoding}, IV ${after.length === 0 ? 'first' : `after ${after.join(' and ')}`}`;
}

const fixedIvs: Readonly<Record<NonNullable<NonNullable<EncryptedColumn['iv']>['fixed']>, string>> = {
  zero: 'IV of zero bytes',
  'zero-digits': 'IV of zero digits',
  'key-start': 'IV is the key’s first 16 bytes',
  'key-end': 'IV is the key’s last 16 bytes',
  'key-text-start': 'IV is the key’s first 16 characters',
};

/** The whole form of a column's values: their layout, and where the IV is if it is not next to them. */
export function formInWords({ layout, iv }: Pick<EncryptedColumn, 'layout' | 'iv'>): string {
  const said = layoutInWords(layout);
  if (!iv) return said;
  if (iv.fixed) return `${said}, ${fixedIvs[iv.fixed]}`;
  return `${said}, IV in ${[iv.column, iv.path].filter((part) => part !== undefined).join(' ')}`;
}

/** Like `oauth_token.access_token` or `audit.integration.settings $.webhook.secret`; the schema only where it is not `public`. */
export function columnName({
  schema,
  table,
  column,
  path,
}: Pick<EncryptedColumn, 'schema' | 'table' | 'column' | 'path'>): string {
  const name = [...(schema === 'public' ? [] : [schema]), table, column].join('.');
  return path === undefined ? name : `${name} ${path}`;
}

/** Tells columns of one database apart. */
export function columnKey({
  schema,
  table,
  column,
  path = '',
}: Pick<EncryptedColumn, 'schema' | 'table' | 'column'> & { readonly path?: string | undefined }): string {
  return JSON.stringify([schema, table, column, path]);
}

/** Tells entries apart: columns, and the forms of one. */
export function entryKey({ schema, table, column, path, layout, iv }: EncryptedColumn): string {
  return JSON.stringify([schema, table, column, path, layout, iv]);
}

/** Whether two entries lead to the same values: the same column, and the same path or one of them the whole of it. */
export function meansTheSame(one: EncryptedColumn, other: EncryptedColumn): boolean {
  if (columnKey({ ...one, path: undefined }) !== columnKey({ ...other, path: undefined })) return false;
  const isWhole = (path: string | undefined) => path === undefined || path === '$';
  return one.path === other.path || isWhole(one.path) || isWhole(other.path);
}

import type { EncryptedColumn, SecretKind } from '#contract/inventory';

/** Encrypted columns in words. Pure. */

const kinds: Readonly<Record<SecretKind, string>> = {
  credentials: 'Credentials',
  'oauth-access-token': 'Access token',
  'oauth-refresh-token': 'Refresh token',
  'database-password': 'Password',
  'connection-string': 'Connection string',
  'api-credential': 'API credential',
  unknown: 'Not known',
};

const envelopes: Readonly<Record<string, string>> = {
  base64: 'base64, IV first',
  base64url: 'base64url, IV first',
  hex: 'hex, IV first',
  raw: 'bytes, IV first',
  'hex:base64': 'IV in hex : base64',
  'hex:hex': 'IV in hex : hex',
  'base64:base64': 'IV in base64 : base64',
  'json-base64': 'JSON with iv and data, base64',
  'json-hex': 'JSON with iv and data, hex',
  grafana: 'Grafana, base64',
  'grafana-raw': 'Grafana, bytes',
};

const modifiers: Readonly<Record<string, string>> = {
  cfb8: 'CFB8',
  pkcs7: 'padded',
  'inner-base64': 'base64 inside',
  'raw-secret': 'raw secret',
};

/** What a column protects, like `Access token`. */
export function kindInWords(kind: SecretKind): string {
  return kinds[kind];
}

/** How a column writes its ciphertexts, like `base64, IV first` or `after “ENC:”, hex, IV first, CFB8`. */
export function layoutInWords(layout: string): string {
  const quoted = /^'((?:[^']|'')*)'\s+/.exec(layout);
  const [envelope = '', ...rest] = layout.slice(quoted?.[0].length ?? 0).split(/\s+/);
  const prefix = quoted?.[1]?.replaceAll("''", "'");
  return [
    ...(prefix ? [`after “${prefix}”`] : []),
    envelopes[envelope] ?? envelope,
    ...rest.map((word) => modifiers[word] ?? word),
  ].join(', ');
}

/** Like `oauth_token.access_token` or `audit.integration.settings $.webhook.secret`; the schema only where it is not `public`. */
export function columnName({
  schema,
  table,
  column,
  path,
}: Omit<EncryptedColumn, 'layout' | 'kind'>): string {
  const name = [...(schema === 'public' ? [] : [schema]), table, column].join('.');
  return path === undefined ? name : `${name} ${path}`;
}

/** Tells columns of one database apart. */
export function columnKey({ schema, table, column, path = '' }: EncryptedColumn): string {
  return JSON.stringify([schema, table, column, path]);
}

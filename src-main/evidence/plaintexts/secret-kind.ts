import type { SecretKind } from '#contract/inventory';

const namePatterns: readonly (readonly [RegExp, SecretKind])[] = [
  [/refresh[_-]?token/i, 'oauth-refresh-token'],
  [/access[_-]?token|oauth|bearer/i, 'oauth-access-token'],
  [/passw(or)?d|\bpwd\b|passphrase/i, 'database-password'],
  [/connection[_-]?(string|url|uri)|\bdsn\b|database[_-]?url|_uri$|_url$/i, 'connection-string'],
  [/credential/i, 'credentials'],
  [/api[_-]?(key|token|secret)|secret|token|\bkey\b/i, 'api-credential'],
];

/** The kind of secret by its content where that is plain, else by the names of where it stands. */
export function secretKindOf(names: readonly string[], secrets: readonly Uint8Array[]): SecretKind {
  const texts = secrets.map((secret) => Buffer.from(secret).toString('utf8'));
  if (texts.length > 0) {
    if (most(texts, (text) => /^\s*\{[\s\S]*\}\s*$/.test(text))) return 'credentials';
    if (most(texts, (text) => /^[a-z][a-z0-9+.-]*:\/\/[^/\s]*@/i.test(text))) return 'connection-string';
  }
  // the innermost name says most
  for (const name of [...names].reverse()) {
    const match = namePatterns.find(([pattern]) => pattern.test(name));
    if (match) return match[1];
  }
  return 'unknown';
}

function most(texts: readonly string[], holds: (text: string) => boolean): boolean {
  return texts.filter(holds).length * 2 > texts.length;
}

const name = '[\\w-]*(?:key|password|passwd|passphrase|secret|token)';
const quoted = '"[^"]*"|\'[^\']*\'|`[^`]*`';

/** What a secret looks like in text, and what is there instead. Order matters: whole blocks first. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[redacted]'],
  [/AGE-SECRET-KEY-1[A-Z0-9]+/gi, '[redacted]'],
  // user:password@ of an address, also where the password holds an unencoded @
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*):[^\s/]*@/gi, '$1:[redacted]@'],
  // ENCRYPTION_KEY=…, ?password=…
  [new RegExp(String.raw`(\b${name}[ \t]*=[ \t]*)(${quoted}|[^\s&,;]+)`, 'gi'), '$1[redacted]'],
  // "client_secret": "…", and password: … as the last word of its line, which a sentence with a colon is not
  [
    new RegExp(String.raw`(\b${name}["']?[ \t]*:[ \t]*)(${quoted}|[^\s,;]+(?=[ \t]*(?:[,;}\n]|$)))`, 'gi'),
    '$1[redacted]',
  ],
  [/\bbk_[\w-]{16,}/g, '[redacted]'],
  // 32 bytes as base64, base64url or hex: any of them may be a key
  [/(?<![\w+/=-])[\w+/-]{43}=?(?![\w+/=-])/g, '[redacted]'],
  [/(?<![\w])[0-9a-f]{64}(?![\w])/gi, '[redacted]'],
];

/**
 * Text with everything that looks like a key, a password or the credentials of an address taken out. A second line of
 * defence: secrets are kept out of messages in the first place, and one without any telling form is not recognised.
 */
export function redact(text: string): string {
  return patterns.reduce((redacted, [pattern, instead]) => redacted.replace(pattern, instead), text);
}

/** At most so many characters of a text, redacted. Of an endless one only the beginning is examined. */
export function cutAndRedacted(text: string, max: number): string {
  // cut well behind what is kept, so that a secret is not cut in two and missed
  return Array.from(redact(text.slice(0, max * 2)))
    .slice(0, max)
    .join('');
}

import { createHmac } from 'node:crypto';

const label = 'keel key fingerprint v1';

/**
 * The short, safe-to-show id of a key: the first 8 bytes of HMAC-SHA256(key, label) as four groups of hex,
 * e.g. `3f2a-91bc-07de-44a1`. One-way, so it may be in logs and file names.
 */
export function fingerprintOf(key: Uint8Array): string {
  const hex = createHmac('sha256', key).update(label).digest('hex').slice(0, 16);
  return hex.replace(/(.{4})(?=.)/g, '$1-');
}

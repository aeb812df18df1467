import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { interpolate, type Point } from './field.ts';

/** Where the polynomial holds the secret, and where a digest of it (SLIP-0039, “Sharing a secret”). */
const secretAt = 255;
const digestAt = 254;
const digestLength = 4;

/** Indices of groups and members are written in four bits. */
export const maxShares = 16;

/**
 * Shares of a secret, at x = 0, 1, …: any `threshold` of them give it back, and fewer tell nothing. With a threshold of 1 each is the
 * secret itself. Throws RangeError for terms that no set can have. The caller wipes what is returned.
 */
export function shareSecret(threshold: number, count: number, secret: Uint8Array): Buffer[] {
  if (!(threshold >= 1 && threshold <= count && count <= maxShares)) {
    throw new RangeError(`no set of shares has ${threshold} of ${count}`);
  }
  if (threshold === 1) return Array.from({ length: count }, () => Buffer.from(secret));
  const shares: Buffer[] = Array.from({ length: threshold - 2 }, () => randomBytes(secret.length));
  const key = randomBytes(secret.length - digestLength);
  const digest = digestOf(secret, key);
  const points = [
    ...shares.map((values, x) => ({ x, values })),
    { x: digestAt, values: Buffer.concat([digest, key]) },
    { x: secretAt, values: secret },
  ];
  for (let x = shares.length; x < count; x++) shares.push(interpolate(points, x));
  for (const bytes of [key, digest, points[threshold - 2]?.values]) bytes?.fill(0);
  return shares;
}

/**
 * The secret of exactly as many shares as are needed; undefined where the digest among them says that one is not of this secret. With a
 * threshold of 1 nothing tells. The caller wipes what is returned.
 */
export function recoverSecret(shares: readonly Point[]): Buffer | undefined {
  const [only] = shares;
  if (only && shares.length === 1) return Buffer.from(only.values);
  const secret = interpolate(shares, secretAt);
  const digestShare = interpolate(shares, digestAt);
  const digest = digestOf(secret, digestShare.subarray(digestLength));
  try {
    if (timingSafeEqual(digest, digestShare.subarray(0, digestLength))) return secret;
    secret.fill(0);
    return undefined;
  } finally {
    digestShare.fill(0);
    digest.fill(0);
  }
}

function digestOf(secret: Uint8Array, key: Uint8Array): Buffer {
  const whole = createHmac('sha256', key).update(secret).digest();
  const digest = Buffer.from(whole.subarray(0, digestLength));
  whole.fill(0);
  return digest;
}

import { keyLength } from './encryption-key.ts';
import { fingerprintOf } from './fingerprint.ts';

/**
 * Fingerprints of everything in a text that has the shape of a 256-bit key: base64 or base64url, with padding or without, hex, and
 * base64 of one of these, as manifests of Kubernetes and their annotations have it. Most of what is found is no key: the caller
 * compares with those it knows.
 */
export function keyShapesIn(text: string, depth = 2): Set<string> {
  const found = new Set<string>();
  for (const [word] of text.matchAll(/[A-Za-z0-9+/_-]{43,}={0,2}/g)) {
    const bytes = word.length === 64 && /^[\da-f]+$/i.test(word) ? Buffer.from(word, 'hex') : undefined;
    for (const one of [bytes, Buffer.from(word, 'base64')]) {
      if (one?.length === keyLength) found.add(fingerprintOf(one));
      else if (one && depth > 0)
        for (const inner of keyShapesIn(one.toString('latin1'), depth - 1)) found.add(inner);
      one?.fill(0);
    }
  }
  return found;
}

import type { Layout } from '#forms/layout';
import { innerSecret } from '#forms/plaintext';
import { isAuthenticated } from '#schemes/scheme';
import { anyText, cleanText } from './clean-text.ts';
import { structureBits } from './structure.ts';
import { wideTextBits } from './wide-text.ts';

/** Bits from which one value alone settles that the key is right: a chance of error of one in a million. */
export const provenBits = 20;

export type Verdict = 'proven' | 'contradicted' | 'inconclusive';

export interface ValueEvidence {
  readonly verdict: Verdict;
  /** −log2 of the chance that a wrong key gives what this one gave; 0 where contradicted. */
  readonly bits: number;
}

const contradicted: ValueEvidence = { verdict: 'contradicted', bits: 0 };

/** Judges what a key made of one value. `plaintext` is the bytes under the cipher, as `openCells` returns them. */
export function judgeValue(layout: Layout, plaintext: Uint8Array): ValueEvidence {
  const secret = innerSecret(layout, plaintext);
  if (!secret) return contradicted;
  const form = formBits(layout, plaintext, secret);
  if (cleanText.accepts(secret)) {
    const bits = form + cleanText.bits(secret.length);
    return verdictOf(bits >= provenBits ? bits : bits + structureBits(asText(secret)));
  }
  // a second test of the same value doubles the chance of error: one bit less
  const bits = form + anyText.bits(secret.length) - 1;
  if (bits >= provenBits && anyText.accepts(secret)) return { verdict: 'proven', bits };
  // and a third one
  const wide = form + wideTextBits(secret) - 1;
  return wide >= provenBits ? { verdict: 'proven', bits: wide } : contradicted;
}

/**
 * The chance, from 0 to 1, that noise of this layout and length passes for clean text. Lengths are those of the bytes
 * under the cipher.
 */
export function falseAcceptChance(layout: Layout, length: number): number {
  // the shortest tags are of 96 bits
  if (layout.scheme && isAuthenticated(layout.scheme)) return 2 ** -96;
  if (layout.innerBase64) return 2 ** -(2 * length);
  if (layout.padding === 'pkcs7' || layout.padding === 'one-byte') return 2 ** -8;
  return 2 ** -cleanText.bits(length);
}

function verdictOf(bits: number): ValueEvidence {
  return { verdict: bits >= provenBits ? 'proven' : 'inconclusive', bits };
}

/** Bits from padding and inner encoding, which noise would have to hit before it is read as text. */
function formBits(layout: Layout, plaintext: Uint8Array, secret: Uint8Array): number {
  if (layout.innerBase64) return 2 * plaintext.length;
  // any of 16 paddings would pass, so four bits are given back
  const padding = 8 * (plaintext.length - secret.length);
  if (layout.padding === 'one-byte') return padding;
  return layout.padding === 'none' ? 0 : Math.max(0, padding - 4);
}

function asText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

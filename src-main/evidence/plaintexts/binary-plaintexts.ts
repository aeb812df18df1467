import { structureOf } from './binary-structure.ts';
import { readsAsText } from '#evidence/scan/proven-region';
import type { Encrypt } from '#evidence/scan/probe';
import { textBits } from './text-bits.ts';
import type { Span, SpanTape } from '#evidence/scan/span-tape';

/*
 * Plaintexts that are no text: packed, a key store or certificate, a picture, or once more a ciphertext. Where an IV stands at the beginning of a run, the first block
 * says whether it may be one; the few that may are decrypted throughout.
 */

/** What a run holds under a key. */
export interface BinaryProof {
  readonly span: Span;
  /** Index of the key. */
  readonly key: number;
  readonly bits: number;
  /** Bytes of the run that are plaintext. */
  readonly first: number;
  readonly last: number;
}

const block = 16;
/** An IV, and what the shortest structure takes. */
const shortest = 40;
/** Two IVs, and text that says something. */
const shortestDouble = 48;
/** Structures and ciphertexts are tested beside texts, and may be what noise looks like as well: so much is paid for that. */
const charge = 3;

/** Tries every key on the runs of a tape that hold no text. */
export class BinaryPlaintexts {
  readonly #tape: SpanTape;

  constructor(tape: SpanTape) {
    this.#tape = tape;
  }

  /** Each run that a key makes something of. `open` says whether a run is still unexplained. */
  find(keys: readonly Encrypt[], open: (span: Span) => boolean): BinaryProof[] {
    const spans = this.#tape.spans.filter((span) => span.length >= shortest && open(span));
    if (spans.length === 0) return [];
    const proofs: BinaryProof[] = [];
    const starts = this.#starts(spans);
    for (const [key, encrypt] of keys.entries()) {
      const plain = this.#firstBlocks(spans, starts, encrypt);
      for (const [i, span] of spans.entries()) {
        const bits = this.#structureBits(span, plain.subarray(2 * block * i), encrypt);
        if (bits > charge) proofs.push({ span, key, bits: bits - charge, first: block, last: span.length });
      }
      this.#findDouble(spans, plain, key, keys, proofs);
      plain.fill(0);
    }
    return bestOfEach(proofs);
  }

  /** The first two blocks of each run. */
  #starts(spans: readonly Span[]): Uint8Array {
    const inputs = new Uint8Array(2 * block * spans.length);
    for (const [i, { offset }] of spans.entries())
      inputs.set(this.#tape.bytes.subarray(offset, offset + 2 * block), 2 * block * i);
    return inputs;
  }

  /** What a key makes of the second and third block of each run. */
  #firstBlocks(spans: readonly Span[], starts: Uint8Array, encrypt: Encrypt): Uint8Array {
    const plain = encrypt(starts);
    const { bytes } = this.#tape;
    for (const [i, { offset }] of spans.entries()) {
      for (let k = 0; k < 2 * block; k++) {
        const at = 2 * block * i + k;
        plain[at] = (plain[at] as number) ^ (bytes[offset + block + k] as number);
      }
    }
    return plain;
  }

  #structureBits(span: Span, start: Uint8Array, encrypt: Encrypt): number {
    const structure = structureOf(start);
    if (!structure) return 0;
    const plain = this.#decrypt(span, encrypt);
    const bits = structure(plain);
    plain.fill(0);
    return bits;
  }

  #decrypt({ offset, length }: Span, encrypt: Encrypt): Uint8Array {
    const { bytes } = this.#tape;
    const plain = encrypt(bytes.slice(offset, offset + ((length + block - 1) & -block)));
    for (let i = 0; i < length - block; i++)
      plain[i] = (plain[i] as number) ^ (bytes[offset + block + i] as number);
    return plain.subarray(0, length - block);
  }

  /** Runs whose plaintext begins with an IV of its own: the block after that reads as text under a key again. */
  #findDouble(
    spans: readonly Span[],
    plain: Uint8Array,
    outer: number,
    keys: readonly Encrypt[],
    proofs: BinaryProof[],
  ): void {
    const ivs = new Uint8Array(block * spans.length);
    for (let i = 0; i < spans.length; i++)
      ivs.set(plain.subarray(2 * block * i, 2 * block * i + block), block * i);
    for (const [inner, encrypt] of keys.entries()) {
      const keystream = encrypt(ivs);
      for (const [i, span] of spans.entries()) {
        if (span.length < shortestDouble) continue;
        if (
          !readsAsText(plain, 2 * block * i + block, keystream, block * i, block, span.length === 3 * block)
        )
          continue;
        const once = this.#decrypt(span, keys[outer] as Encrypt);
        const bits = doubleBits(once, encrypt) - Math.log2(keys.length) - charge;
        once.fill(0);
        if (bits <= 0) continue;
        for (const key of new Set([outer, inner]))
          proofs.push({ span, key, bits, first: 2 * block, last: span.length });
      }
      keystream.fill(0);
    }
  }
}

/** A run counts once for a key. */
function bestOfEach(proofs: readonly BinaryProof[]): BinaryProof[] {
  return proofs.filter(
    (proof, i) =>
      !proofs.some(
        (other, k) =>
          other.span === proof.span &&
          other.key === proof.key &&
          (other.bits > proof.bits || (other.bits === proof.bits && k < i)),
      ),
  );
}

/** How much a plaintext speaks for being a ciphertext with its IV first, under this key. */
function doubleBits(once: Uint8Array, encrypt: Encrypt): number {
  const padded = new Uint8Array((once.length + block - 1) & -block);
  padded.set(once);
  const twice = encrypt(padded);
  for (let i = 0; i < once.length - block; i++) twice[i] = (twice[i] as number) ^ (once[block + i] as number);
  const bits = textBits(twice, 0, once.length - block);
  twice.fill(0);
  padded.fill(0);
  return Math.min(bits, plentyBits);
}

/** More than a number could hold as a ratio. */
const plentyBits = 900;

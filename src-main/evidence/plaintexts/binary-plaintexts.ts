import { wordsOf } from '#crypto/aes-ecb';
import { structureOf } from './binary-structure.ts';
import { readsAsText } from '#evidence/scan/proven-region';
import type { Encrypt } from '#evidence/scan/probe';
import { textBits } from './text-bits.ts';
import type { Span, SpanTape } from '#evidence/scan/span-tape';

/*
 * Plaintexts that are no text: packed, a key store or certificate, a picture, or once more a ciphertext. Where an IV is at the beginning of a run, the first block
 * says whether it may be one; the few that may are decrypted throughout.
 */

/** What a run holds under a key. */
export interface BinaryProof {
  readonly span: Span;
  /** Index of the key. */
  readonly key: number;
  readonly bits: number;
  /** Bytes of the run that are its plaintext. */
  readonly first: number;
  readonly last: number;
}

const block = 16;
const wordLength = 4;
const wordsOfBlock = block / wordLength;
/** An IV, and what the shortest structure takes. */
const shortest = 40;
/** Of two IVs, and text that says something; each IV more takes a block more. */
const shortestNested = 48;
/** Bare bytes encrypted three times are followed under few keys, since each may have encrypted any layer: every run that holds no text pays for it. */
const deepest = 3;
const maxChains = 8;
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
    const layers = layersFor(keys.length);
    const starts = this.#starts(spans, layers);
    for (const [key, encrypt] of keys.entries()) {
      const plain = decryptEach(starts, spans.length, encrypt);
      for (const [i, span] of spans.entries()) {
        const bits = this.#structureBits(span, blocksOf(plain, spans.length, i), encrypt);
        if (bits > charge) proofs.push({ span, key, bits: bits - charge, first: block, last: span.length });
      }
      this.#findNested({ spans, plain, layers, chain: [key] }, keys, proofs);
      plain.fill(0);
    }
    return bestOfEach(proofs);
  }

  /** Hands over what a proven run decrypts to, and wipes it. */
  open(
    { span, key }: BinaryProof,
    keys: readonly Encrypt[],
    onPlaintext: (plaintext: Uint8Array) => void,
  ): void {
    const plain = this.#decrypt(span, keys[key] as Encrypt);
    onPlaintext(plain);
    plain.fill(0);
  }

  /** The first blocks of each run, as many as layers may be told by, and one. */
  #starts(spans: readonly Span[], layers: number): Uint8Array {
    const each = (layers + 1) * block;
    const starts = new Uint8Array(each * spans.length);
    for (const [i, { offset }] of spans.entries())
      starts.set(this.#tape.bytes.subarray(offset, offset + each), each * i);
    return starts;
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

  /**
   * Runs whose plaintext begins with an IV of its own: the block after that decrypts to text with a key again, or is once more an IV. Only the outermost key is told
   * here: what is within is looked through as any other plaintext.
   */
  #findNested(
    { spans, plain, layers, chain }: Opened,
    keys: readonly Encrypt[],
    proofs: BinaryProof[],
  ): void {
    if (chain.length === layers) return;
    const each = plain.length / spans.length;
    for (const [inner, encrypt] of keys.entries()) {
      const once = decryptEach(plain, spans.length, encrypt);
      const opened = [...chain, inner];
      for (const [i, span] of spans.entries()) {
        const left = span.length - opened.length * block;
        if (span.length < shortestNested + (opened.length - 2) * block) continue;
        if (!readsAsText(once, i * (each - block), none, 0, Math.min(block, left), left <= block)) continue;
        // every key may be in each layer, and a layer more is half as likely
        const searched = (opened.length - 1) * (1 + Math.log2(keys.length));
        const bits = this.#nestedBits(span, opened, keys) - charge - searched;
        const key = opened[0] as number;
        if (bits > 0) proofs.push({ span, key, bits, first: block, last: span.length });
      }
      this.#findNested({ spans, plain: once, layers, chain: opened }, keys, proofs);
      once.fill(0);
    }
  }

  /** How strongly a run looks like being encrypted under these keys, the outermost first, each time with the IV first. */
  #nestedBits(span: Span, chain: readonly number[], keys: readonly Encrypt[]): number {
    let bytes: Uint8Array = this.#tape.bytes.slice(span.offset, span.offset + span.length);
    for (const key of chain) {
      const whole = padded(bytes);
      const plain = decryptEach(whole, 1, keys[key] as Encrypt).subarray(0, bytes.length - block);
      whole.fill(0);
      bytes.fill(0);
      bytes = plain;
    }
    const bits = textBits(bytes, 0, bytes.length);
    bytes.fill(0);
    return Math.min(bits, plentyBits);
  }
}

/** The beginnings of runs encrypted with the keys of `chain`, one after the other. */
interface Opened {
  readonly spans: readonly Span[];
  readonly plain: Uint8Array;
  readonly layers: number;
  readonly chain: readonly number[];
}

const none = new Uint8Array(block);

function layersFor(keys: number): number {
  let layers = 2;
  while (layers < deepest && keys ** (layers + 1) <= maxChains) layers++;
  return layers;
}

/** What a key makes of each of `count` streams of whole blocks: all of their blocks but the first. */
function decryptEach(streams: Uint8Array, count: number, encrypt: Encrypt): Uint8Array {
  const each = streams.length / count / wordLength;
  const keystream = encrypt(streams);
  const plain = new Uint8Array(streams.length - count * block);
  const [keyWords, words, plainWords] = [wordsOf(keystream), wordsOf(streams), wordsOf(plain)];
  for (let i = 0, to = 0; i < count; i++) {
    const last = (i + 1) * each - wordsOfBlock;
    for (let at = i * each; at < last; at++, to++)
      plainWords[to] = (keyWords[at] as number) ^ (words[at + wordsOfBlock] as number);
  }
  keystream.fill(0);
  return plain;
}

function blocksOf(streams: Uint8Array, count: number, i: number): Uint8Array {
  const each = streams.length / count;
  return streams.subarray(i * each, (i + 1) * each);
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array((bytes.length + block - 1) & -block);
  whole.set(bytes);
  return whole;
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

/** More than a number could hold as a ratio. */
const plentyBits = 900;

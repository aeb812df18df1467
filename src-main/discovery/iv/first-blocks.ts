import type { Segment } from '#crypto/cfb';
import { blockCipher, blockLength } from '#crypto/aes-ecb';
import { cleanAutomaton } from '#evidence/plaintexts/clean-text';

const { next, start, dead } = cleanAutomaton;

/** An IV that turns a first block into the beginning of a text. */
export interface Hit {
  readonly first: number;
  readonly iv: number;
  readonly plaintext: Uint8Array;
}

/**
 * Which of some IVs (16 bytes each, one after the other) decrypt which first blocks to the beginning of clean text. All IVs go
 * through the block cipher at once, so that a pair costs a few steps of the automaton.
 */
export function* openFirsts(
  key: Uint8Array,
  segment: Segment,
  firsts: readonly Uint8Array[],
  ivs: Uint8Array,
): Generator<Hit> {
  const cipher = blockCipher(key);
  const keystream = cipher(ivs);
  for (const [i, first] of firsts.entries()) {
    if (segment === 'cfb8') yield* openBytes(cipher, { first, index: i }, ivs, keystream);
    else yield* openBlock({ first, index: i }, keystream);
  }
  keystream.fill(0);
}

interface First {
  readonly first: Uint8Array;
  readonly index: number;
}

function openBlock({ first, index }: First, keystream: Uint8Array): Hit[] {
  const hits: Hit[] = [];
  for (let at = 0; at < keystream.length; at += blockLength) {
    if (!isText(first, keystream, at)) continue;
    const plaintext = first.map((byte, i) => byte ^ (keystream[at + i] as number));
    hits.push({ first: index, iv: at / blockLength, plaintext });
  }
  return hits;
}

/** A function by itself, since there are millions of pairs and most end at their first byte. */
function isText(first: Uint8Array, keystream: Uint8Array, at: number): boolean {
  let state: number = start;
  for (let i = 0; i < blockLength && state !== dead; i++) {
    state = next[state * 256 + ((first[i] as number) ^ (keystream[at + i] as number))] as number;
  }
  return state !== dead;
}

/** CFB8: each byte is decrypted by the sixteen before it, so only the IVs that still fit go on. */
function* openBytes(
  cipher: (blocks: Uint8Array) => Uint8Array,
  { first, index }: First,
  ivs: Uint8Array,
  keystream: Uint8Array,
): Generator<Hit> {
  let fitting: { iv: number; state: number }[] = [];
  const plaintexts = new Map<number, Uint8Array>();
  for (let iv = 0; iv * blockLength < ivs.length; iv++) {
    const state = next[
      start * 256 + ((first[0] as number) ^ (keystream[iv * blockLength] as number))
    ] as number;
    if (state !== dead) fitting.push({ iv, state });
  }
  for (const { iv } of fitting) {
    plaintexts.set(iv, Uint8Array.of((first[0] as number) ^ (keystream[iv * blockLength] as number)));
  }
  for (let i = 1; i < blockLength && fitting.length > 0; i++) {
    const blocks = new Uint8Array(fitting.length * blockLength);
    for (const [n, { iv }] of fitting.entries()) {
      blocks.set(ivs.subarray(iv * blockLength + i, (iv + 1) * blockLength), n * blockLength);
      blocks.set(first.subarray(0, i), n * blockLength + blockLength - i);
    }
    const keys = cipher(blocks);
    fitting = fitting.flatMap(({ iv, state }, n) => {
      const byte = (first[i] as number) ^ (keys[n * blockLength] as number);
      const after = next[state * 256 + byte] as number;
      if (after === dead) return [];
      plaintexts.set(iv, Uint8Array.of(...(plaintexts.get(iv) as Uint8Array), byte));
      return [{ iv, state: after }];
    });
    keys.fill(0);
  }
  for (const { iv } of fitting) yield { first: index, iv, plaintext: plaintexts.get(iv) as Uint8Array };
}

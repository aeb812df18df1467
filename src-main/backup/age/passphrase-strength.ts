import { isUtf8 } from 'node:buffer';
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import type { Secret } from '#crypto/secret';

/** What a passphrase is worth against somebody who has the file and guesses. */
export interface PassphraseJudgement {
  /** `weak` is found in a lifetime by one who rents machines, and sealing under it is refused unless the admin insists. */
  readonly verdict: 'weak' | 'fair' | 'strong';
  /** Base-2 logarithm of the guesses that it takes, as zxcvbn estimates them: rather too low than too high. */
  readonly bits: number;
  /** How long the guessing takes, a fragment: `found in hours`. */
  readonly words: string;
  /** What makes it weak, a sentence; absent where nothing stands out. */
  readonly warning?: string;
  readonly suggestions: readonly string[];
}

/** Beyond this zxcvbn takes seconds; what follows is then not counted, which errs on the safe side. */
const longestJudged = 64;
/** scrypt at age's cost on a rack of rented machines. */
const guessesPerSecond = 10_000;
const fairFrom = 12;
const strongFrom = 16;

/** Judges a passphrase by zxcvbn, off the network. The caller keeps `passphrase`; it is in no field of the answer. */
export async function judgePassphrase(passphrase: Secret): Promise<PassphraseJudgement> {
  if (!isUtf8(passphrase.bytes)) {
    return { verdict: 'weak', bits: 0, words: 'cannot be typed', suggestions: [] };
  }
  loaded ??= load();
  const zxcvbn = await loaded;
  const text = Array.from(passphrase.bytes.toString('utf8')).slice(0, longestJudged).join('');
  const { guessesLog10, feedback } = zxcvbn.check(text);
  return {
    verdict: guessesLog10 < fairFrom ? 'weak' : guessesLog10 < strongFrom ? 'fair' : 'strong',
    bits: Math.round(guessesLog10 * Math.log2(10)),
    words: timeInWords(10 ** guessesLog10 / guessesPerSecond),
    ...(feedback.warning && { warning: feedback.warning }),
    suggestions: feedback.suggestions,
  };
}

function timeInWords(seconds: number): string {
  const year = 365 * 86_400;
  const found: readonly [number, string][] = [
    [60, 'can be guessed within a minute'],
    [3_600, 'can be guessed in minutes'],
    [86_400, 'can be guessed in hours'],
    [60 * 86_400, 'can be guessed in days'],
    [2 * year, 'can be guessed in months'],
    [100 * year, 'can be guessed in years'],
  ];
  const [, words] = found.find(([limit]) => seconds < limit) ?? [];
  if (words !== undefined) return words;
  return seconds < 10_000 * year ? 'takes centuries to guess' : 'takes too long to guess for anyone to try';
}

let loaded: Promise<ZxcvbnFactory> | undefined;

/** The dictionaries are megabytes: loaded when a passphrase is judged, and not before. */
async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  return new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  });
}

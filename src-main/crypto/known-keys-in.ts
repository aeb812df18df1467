import { keyLength } from './encryption-key.ts';
import { fingerprintOf } from './fingerprint.ts';
import { keyShapesIn } from './key-shapes.ts';

/** What a text holds of keys that are known by their fingerprints. */
export interface KnownKeys {
  readonly keys: ReadonlySet<string>;
  /** False where there was too much in the text that could be a key to compare all of it. */
  readonly complete: boolean;
}

/** Fingerprints computed for one text. */
const mostTries = 100_000;
/** In longer runs, a key is looked for at what separates words alone. */
const longestRun = 200;

/**
 * Which of these keys a text contains, in the encodings of `keyShapesIn` and as other programs write them: escaped for URLs, JSON, HTML and
 * mail, in hex with separators, in UTF-16, broken into lines, and as part of a longer word.
 */
export function knownKeysIn(text: string, known: ReadonlySet<string>): KnownKeys {
  const keys = new Set<string>();
  if (known.size === 0) return { keys, complete: true };
  let tries = 0;
  const compare = (bytes: Buffer) => {
    tries++;
    if (bytes.length === keyLength) {
      const shape = fingerprintOf(bytes);
      if (known.has(shape)) keys.add(shape);
    }
    bytes.fill(0);
  };
  for (const part of textsOf(text)) {
    for (const shape of keyShapesIn(part)) if (known.has(shape)) keys.add(shape);
    for (const piece of piecesOf(part)) {
      if (tries >= mostTries) return { keys, complete: false };
      compare(piece);
    }
  }
  return { keys, complete: true };
}

/** Each reading of the text, and what base64 in it contains. */
function* textsOf(text: string): Generator<string> {
  for (const reading of readingsOf(text)) {
    yield reading;
    yield* innerTexts(reading);
  }
}

/** The text, and as it is once an escape is undone; only where it has any. */
function readingsOf(text: string): Set<string> {
  const plain = text.replaceAll('\0', '');
  return new Set([
    plain,
    // applied twice: an address in an address
    unescapedPercent(plain),
    unescapedPercent(unescapedPercent(plain)),
    unescapedCode(plain),
    unescapedCode(unescapedCode(plain)),
    unescapedHtml(plain),
    unescapedMail(plain),
    joinedLines(plain),
  ]);
}

function unescapedPercent(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** `\/`, `\u002B`, `\x2b` and `\+`, as strings of JSON, JavaScript and shells have them. */
function unescapedCode(text: string): string {
  return text.replace(/\\(?:u([\da-f]{4})|x([\da-f]{2})|([/+=\\"']))/gi, (_, long, short, plain) =>
    plain === undefined ? String.fromCharCode(Number.parseInt(long ?? short, 16)) : plain,
  );
}

function unescapedHtml(text: string): string {
  return text
    .replace(/&#x([\da-f]{1,4});/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#(\d{1,5});/g, (_, number) => String.fromCharCode(Number(number)))
    .replace(/&(plus|sol|equals);/g, (_, name) => ({ plus: '+', sol: '/', equals: '=' })[name as 'plus']);
}

/** Quoted-printable. */
function unescapedMail(text: string): string {
  return text
    .replace(/=\r?\n/g, '')
    .replace(/=([\dA-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Base64 in lines, as `base64` and PEM write it. */
function joinedLines(text: string): string {
  return text.replace(/(?:[A-Za-z0-9+/_-]{20,76}\r?\n[ \t]*)+[A-Za-z0-9+/_-]+={0,2}/g, (block) =>
    block.replace(/\s+/g, ''),
  );
}

/** Every part of a longer run that could be a key of its own. */
function* piecesOf(text: string): Generator<Buffer> {
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{44,}/g)) {
    const isLong = run.length > longestRun;
    for (let at = 0; at + 43 <= run.length; at++) {
      if (isLong && at > 0 && !'/_+-'.includes(run.charAt(at - 1))) continue;
      // the last letter of 32 bytes carries four bits
      if ('AEIMQUYcgkosw048'.includes(run.charAt(at + 42)))
        yield Buffer.from(run.slice(at, at + 43), 'base64');
    }
  }
  for (const [run] of text.matchAll(/(?:(?:0x|\\x)?[\da-f]{2}[\s:.,;-]{0,2}){32,}/gi)) {
    const digits = run.replace(/0x|\\x|[^\da-f]/gi, '');
    const step = digits.length > longestRun ? 2 : 1;
    for (let at = 0; at + 64 <= digits.length; at += step)
      yield Buffer.from(digits.slice(at, at + 64), 'hex');
  }
}

/** What runs of base64 contain as text, wherever in them it begins. */
function* innerTexts(text: string): Generator<string> {
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{58,}/g)) {
    for (let from = 0; from < 4; from++) {
      const bytes = Buffer.from(run.slice(from), 'base64');
      const inner = bytes.toString('latin1').replaceAll('\0', '');
      bytes.fill(0);
      if (/[A-Za-z0-9+/_-]{43}|[\da-f]{2}[\s:]/i.test(inner)) yield inner;
    }
  }
}

import { randomBytes, randomInt } from 'node:crypto';
import fc from 'fast-check';

const word = (length: number) => randomBytes(length).toString('base64url').slice(0, length);
const between = (i: number, from: number, to: number) => from + ((i * 37 + 11) % (to - from + 1));
const letters = Array.from('äöüßéèçñłøåžčαβγδжщюя東京パスワード🐍🔑€');
const unicode = (length: number) => Array.from({ length }, () => letters[randomInt(letters.length)]).join('');

/** What is encrypted, by the number of the row. */
export const plaintextKinds = {
  json: (i: number) =>
    JSON.stringify({ host: `h${i}`, port: 5432, user: 'svc', password: word(between(i, 6, 40)) }),
  url: (i: number) => `https://api-${i}.example.com/v1/${word(between(i, 4, 30))}?token=${word(20)}`,
  token: (i: number) => `ghp_${word(36)}${i}`,
  password: (i: number) => word(between(i, 6, 80)),
  unicode: (i: number) => unicode(between(i, 6, 30)),
  mixed: (i: number) => (i % 2 ? word(between(i, 6, 14)) : JSON.stringify({ key: word(40) })),
} as const satisfies Record<string, (i: number) => string>;

interface Shape {
  readonly path: readonly ('object' | 'array' | 'map')[];
  readonly names: readonly string[];
  readonly siblings: boolean;
}

const names = ['iv', 'ct', 'data', 'token', 'password', 'n', 'value', 'encrypted_data', 'k', 'odd key', 'c1'];
const shape: fc.Arbitrary<Shape> = fc.record({
  path: fc.array(fc.constantFrom('object', 'array', 'map'), { maxLength: 3 }),
  names: fc.shuffledSubarray(names, { minLength: 6, maxLength: 6 }),
  siblings: fc.boolean(),
});

/** A document with the texts as leaves of one object, or of one array, at some depth. */
function document({ path, names, siblings }: Shape, texts: readonly string[]): unknown {
  const innermost =
    path.at(-1) === 'array' ? [...texts] : Object.fromEntries(texts.map((text, n) => [names[n], text]));
  const beside = siblings ? { enabled: true, size: 7, label: 'a word, and another' } : {};
  return path.toReversed().reduce<unknown>((inner, step, n) => {
    const name = names[2 + n] as string;
    if (step === 'array') return n === 0 ? { ...beside, [name]: inner } : [inner];
    return step === 'map' ? { 'acc-«i»': inner } : { ...beside, [name]: inner };
  }, innermost);
}

export const invent = { shape, document };

/** As `JSON.stringify` writes a document, or as PostgreSQL writes a jsonb: names by length and then by bytes, with spaces. */
export function jsonText(value: unknown, asJsonb: boolean): string {
  if (!asJsonb || value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, true)).join(', ')}]`;
  const byLength = (a: string, b: string) => a.length - b.length || (a < b ? -1 : 1);
  const members = Object.entries(value).sort(([a], [b]) => byLength(a, b));
  return `{${members.map(([name, item]) => `${JSON.stringify(name)}: ${jsonText(item, true)}`).join(', ')}}`;
}

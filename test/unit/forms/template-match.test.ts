import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodings } from '#forms/encodings';
import { parseTemplate, partLength, type Piece, type Span, type Template } from '#forms/template';
import { matcherOf, type Range } from '#forms/template-match';
import { often } from '#test/support/how-often';

/** What the spans of a text are, by the text form of a template. */
function spansIn(text: string, template: string): string[] | undefined {
  return matcherOf(parseTemplate(template))(text)?.map(({ from, to }) => text.slice(from, to));
}

const iv = '000102030405060708090a0b0c0d0e0f';
const iv64 = 'AAECAwQFBgcICQoLDA0ODw==';
const long64 = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYX';

describe('a template', () => {
  test.for<[string, string, string[]]>([
    ['{iv+body base64}', 'whatever it is', ['whatever it is']],
    ['ENC:{iv+body base64}', `ENC:${long64}`, [long64]],
    ['{iv hex}:{body base64}', `${iv}:AAAA`, [iv, 'AAAA']],
    ['{iv hex}{body hex}', `${iv}ffee`, [iv, 'ffee']],
    ['{body hex}{iv hex}', `ffee${iv}`, ['ffee', iv]],
    ['{iv base64}.{body base64}', `${iv64}.AA==`, [iv64, 'AA==']],
    [
      '{iv uuid}/{body base32}',
      '00112233-4455-6677-8899-aabbccddeeff/MZXQ====',
      ['00112233-4455-6677-8899-aabbccddeeff', 'MZXQ===='],
    ],
    ['k={iv+body base64};{*}', `k=${long64};user=app`, [long64]],
    ['{*}k={iv+body base64}', `user=app;k=${long64}`, [long64]],
    ['{*}k={iv+body base64};{*}', `user=app;k=${long64};x`, [long64]],
    ['{*}{iv+body base64}', `note: ${long64}`, [long64]],
    ['{iv+body base64}{*}', `${long64} (old)`, [long64]],
    ['{*}{iv+body hex}{*}', `id abc: ${iv}ff; more`, [`${iv}ff`]],
    ['iv={iv hex}{*}body={body hex}{*}', `iv=${iv}, n=1, body=ff, z=2`, [iv, 'ff']],
    ['a.b*{body hex}', 'a.b*ff', ['ff']],
    ['{4+iv+body raw}', 'anything at all', ['anything at all']],
    ['\u0001{body raw}', '\x01\n\xff', ['\n\xff']],
  ])('%s finds the spans of %j', ([template, text, spans]) => {
    expect(spansIn(text, template)).toEqual(spans);
  });

  test.for([
    ['ENC:{iv+body base64}', `enc:${long64}`],
    ['ENC:{iv+body base64}', ` ENC:${long64}`],
    ['a.b{body hex}', 'aXbff'],
    ['{iv hex}:{body base64}', `${iv.slice(2)}:AAAA`],
    ['{iv hex}:{body base64}', `${iv}00:AAAA`],
    ['{iv hex}:{body base64}', `${iv}:AAAA:`],
    ['{body hex}{iv hex}', iv.slice(1)],
    ['k={iv+body base64};{*}', `K=${long64};`],
    ['{*}k={iv+body base64};{*}', `k=${long64}`],
    ['k={body base64};', 'k=AA\u0141A;'],
  ] as const)('%s finds nothing in %j', ([template, text]) => {
    expect(spansIn(text, template)).toBeUndefined();
  });

  test('finds base64 in lines, and the break at its end where that is all', () => {
    const lines = `${long64.slice(0, 24)}\n${long64.slice(24)}`;
    expect(spansIn(`k=${lines}`, 'k={iv+body base64}')).toEqual([lines]);
    expect(spansIn(`k=${lines}\n`, 'k={iv+body base64}')).toEqual([`${lines}\n`]);
    expect(spansIn(`k=${lines}\n!`, 'k={iv+body base64}{*}')).toEqual([lines]);
    expect(spansIn(`-----\r\n${lines}\r\n-----`, '-----\r\n{iv+body base64}\r\n-----')).toEqual([lines]);
  });
});

describe('a text that can be read in two ways is not read', () => {
  test.for([
    ['{*}k={iv+body base64};{*}', `k=${long64};k=${long64};`],
    ['a{*}k={iv+body base64};{*}', `a;k=${long64};k=${long64};`],
    ['{iv hex}{*}x={body base64}{*}', `${iv} x=AAAA x=BBBB`],
    ['{*}{iv hex}{*}', `${iv} ${iv}`],
    ['{*}aa{body hex}', 'aaaa00'],
    ['{*}v1{body hex}{*}', 'xv1v1ff'],
    ['{body hex}{*}{iv hex}{*}', `ff ee ${iv} ${iv}`],
    ['{*}{body hex}{*}', 'no hex here'],
  ] as const)('by %s: %j', ([template, text]) => {
    expect(spansIn(text, template)).toBeUndefined();
  });

  test('exactly where there are two, of all ways there are', () => {
    const units = fc.constantFrom('0', 'a', 'x', ':');
    const literal = fc
      .string({ unit: units, minLength: 1, maxLength: 2 })
      .map((literal): Piece => ({ literal }));
    const kept = fc.constant<Piece>({ span: { encoding: 'hex', parts: [{ keep: 1 }] } });
    const body = fc.constant<Piece>({ span: { encoding: 'hex', parts: ['body'] } });
    const gap = fc.array(fc.oneof(literal, kept, fc.constant<Piece>('any')), { maxLength: 3 });
    const template = fc
      .tuple(gap, body, gap)
      .map(([before, body, after]) => [...before, body, ...after])
      .filter((pieces) => pieces.length > 1 && pieces.includes('any'));
    fc.assert(
      fc.property(template, fc.string({ unit: units, maxLength: 9 }), (template, text) => {
        const [only, ...more] = readings(template, text);
        expect(matcherOf(template)(text)).toEqual(more.length === 0 ? only : undefined);
      }),
      { numRuns: often(20_000) },
    );
  });
});

test('long values are read, and read quickly', () => {
  const wrapped = Buffer.alloc(6_000_000, 7)
    .toString('base64')
    .replace(/(.{64})(?=.)/g, '$1\n');
  const hex = Buffer.alloc(6_000_000, 7).toString('hex');
  const started = performance.now();
  expect(spansIn(`k=${wrapped};`, '{*}k={iv+body base64};{*}')).toEqual([wrapped]);
  expect(spansIn(`k=${wrapped.replaceAll('\n', '')}`, 'k={iv+body base64}')).toHaveLength(1);
  expect(spansIn(`${iv}:${hex}`, '{iv hex}:{body hex}')).toEqual([iv, hex]);
  expect(spansIn(`k=${hex}!`, '{*}k={iv+body hex};{*}')).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(10_000);
});

/** All ways to read a text, found by trying: spans of hex beside what can be anything are as long as they can be. */
function readings(template: Template, text: string, from = 0, place = 0): Range[][] {
  const piece = template[place];
  if (piece === undefined) return from === text.length ? [[]] : [];
  const ends = [...Array(text.length - from + 1).keys()].map((length) => from + length);
  const on = (to: number) => readings(template, text, to, place + 1);
  if (piece === 'any') return distinct(ends.flatMap(on));
  if ('literal' in piece) return text.startsWith(piece.literal, from) ? on(from + piece.literal.length) : [];
  const isSpan = (to: number) =>
    isDecodable(piece.span, text.slice(from, to)) &&
    !(template[place - 1] === 'any' && isDigit(text[from - 1])) &&
    !(template[place + 1] === 'any' && isDigit(text[to]));
  return ends.filter(isSpan).flatMap((to) => on(to).map((rest) => [{ from, to }, ...rest]));
}

function distinct(all: Range[][]): Range[][] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && /[\da-f]/.test(character);
}

/** Digits of a fixed number for bytes that are kept, any digits for a body: that they are even is seen when they are decoded. */
function isDecodable({ parts: [part] }: Span, text: string): boolean {
  const length = part === undefined || part === 'body' ? undefined : partLength(part);
  return length === undefined ? /^[\da-f]*$/.test(text) : encodings.hex.read(text)?.bytes.length === length;
}

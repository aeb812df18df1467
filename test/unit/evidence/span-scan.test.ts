import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SpanScan } from '#evidence/scan/span-scan';

/** Runs as the scan reports them, each with its digits and the text it takes. */
function runsOf(text: string, start = 0, end = text.length) {
  const bytes = Buffer.from(text, 'latin1');
  const runs: { encoding: string; digits: string; text: string; width: number }[] = [];
  new SpanScan({
    run: (encoding, digits, from, to, first, last, { width }) => {
      runs.push({
        encoding,
        digits: Buffer.from(digits.subarray(from, to)).toString('latin1'),
        text: bytes.toString('latin1', first, last),
        width,
      });
    },
    uuid: (_, first) => {
      runs.push({
        encoding: 'uuid',
        digits: '',
        text: bytes.toString('latin1', first, first + 36),
        width: 0,
      });
    },
  }).scan(bytes, start, end);
  return runs;
}

const base64 = 'qL3/v9+Zx0aB7cD8eF1gH2iJ4kL5mN6oP7qR8sT9uV0w';

describe('runs of digits', () => {
  test('are those that a regular expression finds, in any text', () => {
    const piece = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9+/_-]{1,60}$/),
      fc.stringMatching(/^[ .,:;"'{}[\]()!?\u00e9]{1,5}$/),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const found = runsOf(text).filter(({ encoding }) => encoding === 'base64');
        const expected = (text.match(/[A-Za-z0-9+/_-]{22,}/g) ?? []).filter(
          (run) =>
            /[G-Zg-z+/_-]/.test(run) &&
            (run.length < 32 || /[A-Z0-9]/.test(run)) &&
            !/[0-9A-Fa-f]{32}/.test(run),
        );
        const isUuid = /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;
        const without = expected.filter((run) => !isUuid.test(run));
        expect(found.map(({ digits }) => digits).filter((run) => without.includes(run))).toEqual(without);
      }),
      { numRuns: 1_000 },
    );
  });

  test('are looked for in the range only', () => {
    const text = `${base64} ${base64}`;
    expect(runsOf(text, 10, base64.length)).toMatchObject([{ text: base64.slice(10) }]);
    expect(runsOf(text, base64.length - 21, base64.length + 22)).toEqual([]);
  });

  test('take their padding with them, and stop at what is none', () => {
    expect(runsOf(`${base64}==`)).toMatchObject([{ encoding: 'base64', text: `${base64}==` }]);
    expect(runsOf(`${base64}===`)).toMatchObject([{ text: `${base64}==` }]);
    expect(runsOf(`${base64}=x`)).toMatchObject([{ text: `${base64}=` }]);
    expect(runsOf(`${base64}%3D%3D`)).toMatchObject([{ text: `${base64}%3D%3D` }]);
    expect(runsOf(`${base64}\\u003d`)).toMatchObject([{ text: `${base64}\\u003d` }]);
  });

  test('are hexadecimal from 32 digits on, within a longer run too', () => {
    const hex = '0123456789abcdef0123456789abcdef';
    expect(runsOf(hex)).toMatchObject([{ encoding: 'hex', digits: hex }]);
    expect(runsOf(`key_${hex}`)).toMatchObject([{ encoding: 'hex', digits: hex }]);
    expect(runsOf(`\\x${hex}`)).toMatchObject([{ encoding: 'hex', digits: hex }]);
    expect(runsOf(`${base64}+${hex}+${base64}`).map(({ encoding }) => encoding)).toEqual([
      'base64',
      'hex',
      'base64',
    ]);
    expect(runsOf('0123456789abcdef01234567')).toEqual([]);
  });

  test('are base32 besides, from 28 digits of one case on', () => {
    const base32 = 'MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U';
    expect(runsOf(base32).map(({ encoding }) => encoding)).toEqual(['base32', 'base64']);
    expect(runsOf(`${base32}====`)[0]).toMatchObject({ encoding: 'base32', text: `${base32}====` });
    expect(runsOf(base32.toLowerCase())[0]).toMatchObject({ encoding: 'base32' });
  });

  test('are not prose, identifiers, paths, or what is short', () => {
    for (const text of [
      'The quick brown fox jumps over the lazy dog. '.repeat(10),
      'an-identifier-of-many-words_that_goes-on/and/on',
      'short0Short1Short2Sho',
      '2026-11-28T23:39:00.123456+00:00',
      '',
    ]) {
      expect(runsOf(text)).toEqual([]);
    }
  });

  test('UUIDs are told apart', () => {
    const uuid = '0b9a1f5e-8c3d-4e2f-9a7b-6c5d4e3f2a1b';
    expect(runsOf(`id: ${uuid}, ${uuid.toUpperCase()}`)).toMatchObject([
      { encoding: 'uuid', text: uuid },
      { encoding: 'uuid', text: uuid.toUpperCase() },
    ]);
  });
});

describe('digits in disguise', () => {
  test.for([
    ['JSON by PHP', base64.replaceAll('/', '\\/')],
    ['JSON by .NET', base64.replaceAll('+', '\\u002B').replaceAll('/', '\\u002f')],
    ['a URL', encodeURIComponent(base64)],
    ['a URL in lower case', encodeURIComponent(base64).replace(/%../g, (code) => code.toLowerCase())],
  ])('are read in %s', ([, text]) => {
    expect(runsOf(`x="${text}" y`)).toMatchObject([{ digits: base64, text }]);
  });

  const long = base64.repeat(5);
  const wrap = (text: string, width: number, lineEnd: string) =>
    (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(lineEnd);

  test.for(['\n', '\r\n', '\\n', '\\r\\n'])('are joined over lines that end in %j', (lineEnd) => {
    for (const width of [64, 76]) {
      const text = wrap(long, width, lineEnd);
      expect(runsOf(`"${text}"`)).toMatchObject([{ digits: long, text, width }]);
      expect(runsOf(`before ${text}${lineEnd}`)).toMatchObject([{ digits: long }]);
    }
  });

  test.for(['port: 5432', 'PORT=5432', 'KEY=x', 'API_KEY="x"', 'db-name: x'])(
    'are not joined with a line that begins with a name, as in %j',
    (next) => {
      for (const lines of [[long.slice(0, 64)], [long.slice(0, 64), long.slice(0, 64)]]) {
        const text = [...lines, next].join('\n');
        expect(runsOf(text)).toMatchObject([{ digits: lines.join('') }]);
      }
    },
  );

  test('are not joined over lines of unequal length', () => {
    const lines = [long.slice(0, 60), long.slice(0, 80), long.slice(0, 96)];
    expect(runsOf(lines.join('\n')).map(({ digits }) => digits)).toEqual(lines);
  });

  test('escapes that stand for no digit end a run', () => {
    expect(runsOf(`${base64}\\t${base64}`).map(({ digits }) => digits)).toEqual([base64, base64]);
    expect(runsOf(`\\n${base64}\\"${base64}`).map(({ digits }) => digits)).toEqual([base64, base64]);
    expect(runsOf(`%20${base64}%20`).map(({ digits }) => digits)).toEqual([base64]);
    expect(runsOf('\\'.repeat(100))).toEqual([]);
    expect(runsOf('%'.repeat(100))).toEqual([]);
  });
});

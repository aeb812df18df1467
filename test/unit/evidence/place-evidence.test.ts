import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { CellScanner } from '#evidence/scan/cell-scanner';
import { PlaceEvidence, type PlaceVerdict } from '#evidence/place-evidence';
import { noise, noiseValues } from './noise.ts';

const keys = [1, 2].map((seed) => new EncryptionKey(noise(seed, 32)));
const search = { places: 10_000, keys: keys.length };

/** Judges a column, hit by hit. */
function judge(cells: readonly (string | Buffer)[]): PlaceVerdict[] {
  const scanner = new CellScanner(keys);
  const evidence = new PlaceEvidence();
  const enter = () => {
    for (const hit of scanner.flush()) evidence.add(hit);
  };
  for (const [row, text] of cells.entries()) {
    const cell = Buffer.from(text as string);
    scanner.add(row, 0, cell, 0, cell.length, typeof text === 'string' ? 'text' : 'bytes');
    if (scanner.full) enter();
  }
  enter();
  return evidence.verdicts(scanner.takeTried().get(0) ?? { runs: 0, bodies: 0 }, search);
}

function seal(text: string, iv: Buffer, key = 1): string {
  const cipher = createCipheriv(
    'aes-256-cfb',
    key < 2 ? (keys[key] as EncryptionKey).bytes : noise(key, 32),
    iv,
  );
  return Buffer.concat([iv, cipher.update(text, 'utf8')]).toString('base64');
}

const ivs = (seed: number, count: number) => noiseValues(seed, count, 16);
const foreign = (count: number) =>
  ivs(50, count).map((iv, i) => seal(`another-secret-${i}-of-someone`, iv, 9));

describe('a column', () => {
  test('is certain by a single row of a long value among a thousand of a foreign key', () => {
    const [first] = judge([
      ...foreign(1_000),
      seal('postgres://reader:hunter2@db.example.org:5432/x', noise(60, 16)),
    ]);
    expect(first).toMatchObject({ key: 1, frame: 'start', segment: 'cfb128', hits: 1, verdict: 'certain' });
  });

  test('is certain by enough values that are too short to tell one by one', () => {
    const cells = ivs(61, 400).map((iv, i) => seal(String(1000 + i), iv));
    const [first] = judge(cells);
    expect(first).toMatchObject({ key: 1, frame: 'start', hits: 400, repeated: 0, verdict: 'certain' });
    expect(judge(cells.slice(0, 3))[0]?.verdict).not.toBe('certain');
  });

  test('is undecided where nothing of it is under a key', () => {
    for (const cells of [
      foreign(3_000),
      noiseValues(62, 3_000, 20),
      noiseValues(63, 3_000, 60).map(String),
    ]) {
      for (const { verdict, bits } of judge(cells as (string | Buffer)[])) {
        expect(verdict).toBe('undecided');
        expect(bits).toBeLessThan(0);
      }
    }
  });

  test('counts a value that stands in every row once', () => {
    // a foreign value of one byte that happens to read as text under our key
    const chance = ivs(64, 100)
      .map((iv) => seal('x', iv, 9))
      .find((cell) => judge([cell]).length > 0) as string;
    const [first] = judge(Array.from({ length: 5_000 }, () => chance));
    expect(first?.hits).toBe(5_000);
    expect(first?.repeated).toBe(4_999);
    expect(first?.verdict).toBe('undecided');
  });

  test('counts an IV that never changes once', () => {
    const pins = Array.from({ length: 3_000 }, (_, i) => String(1000 + i));
    // under some IVs every foreign pin reads as text under our key too
    const lucky = ivs(65, 3_000).filter((iv) =>
      judge(pins.slice(0, 2).map((pin) => seal(pin, iv, 9))).some(({ hits }) => hits === 2),
    );
    expect(lucky.length).toBeGreaterThan(0);
    for (const iv of lucky.slice(0, 5)) {
      for (const { verdict } of judge(pins.map((pin) => seal(pin, iv, 9)))) expect(verdict).toBe('undecided');
    }
  });

  test('of zeros, or of one byte over and over, is undecided', () => {
    for (let byte = 0; byte < 256; byte++) {
      for (const { verdict } of judge([Buffer.alloc(500, byte), Buffer.alloc(501, byte)])) {
        expect(verdict).toBe('undecided');
      }
    }
  });

  test('may hold several values in each run, and says how many', () => {
    const cells = ivs(67, 200).map((iv, i) => {
      const one = Buffer.from(seal(`first-secret-of-the-row-${i}`, iv), 'base64');
      return Buffer.concat([one, Buffer.from(seal(`second-secret-of-the-row-${i}`, noise(i, 16)), 'base64')]);
    });
    const [first] = judge(cells);
    expect(first).toMatchObject({ key: 1, frame: 'search', hits: 400, verdict: 'certain' });
  });

  test('cannot have been tried less than it has hits', () => {
    const scanner = new CellScanner(keys);
    const evidence = new PlaceEvidence();
    const cell = Buffer.from(seal('hunter2-hunter2-hunter2', noise(66, 16)));
    scanner.add(0, 0, cell, 0, cell.length, 'text');
    for (const hit of scanner.flush()) evidence.add(hit);
    expect(() => evidence.verdicts({ runs: 0, bodies: 0 }, search)).toThrow(
      'only 0 are said to have been tried',
    );
  });

  test('of values whose IV is elsewhere is weighed against the bodies that were tried, others against the runs', () => {
    const sealed = Buffer.from(seal('hunter2-hunter2-hunter2', noise(66, 16)), 'base64');
    const bitsOf = (frame: string, cells: readonly string[], runs: number, bodies: number) => {
      const scanner = new CellScanner(keys);
      const evidence = new PlaceEvidence();
      for (const [column, text] of cells.entries())
        scanner.add(0, column, Buffer.from(text), 0, text.length, 'text');
      for (const hit of scanner.flush()) if (hit.frame === frame) evidence.add(hit);
      return evidence.verdicts({ runs, bodies }, search)[0]?.bits as number;
    };
    const pair = [sealed.toString('hex', 0, 16), sealed.toString('base64', 16)];
    const beside = (runs: number, bodies: number) => bitsOf('sibling', pair, runs, bodies);
    const alone = (runs: number, bodies: number) =>
      bitsOf('start', [sealed.toString('base64')], runs, bodies);
    expect(beside(5_000, 1)).toBe(beside(1, 1));
    expect(beside(1, 5_000)).toBeLessThan(beside(1, 1) - 5);
    expect(alone(1, 5_000)).toBe(alone(1, 1));
    expect(alone(5_000, 1)).toBeLessThan(alone(1, 1) - 5);
  });

  test('pays for the search', () => {
    const evidence = new PlaceEvidence();
    const scanner = new CellScanner(keys);
    const cell = Buffer.from(seal('hunter2-hunter2-hunter2', noise(66, 16)));
    scanner.add(0, 0, cell, 0, cell.length, 'text');
    for (const hit of scanner.flush()) evidence.add(hit);
    const tried = { runs: 1, bodies: 0 };
    const [few] = evidence.verdicts(tried, { places: 1, keys: 1 });
    const [many] = evidence.verdicts(tried, { places: 1024, keys: 4 });
    expect((few?.bits ?? 0) - (many?.bits ?? 0)).toBeCloseTo(12, 9);
  });
});

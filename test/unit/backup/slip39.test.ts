import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { hasRightChecksum } from '#backup/shares/slip39/checksum';
import { interpolate, invert, multiply } from '#backup/shares/slip39/field';
import { decodeShare, encodeShare, type Slip39Share } from '#backup/shares/slip39/mnemonic';
import { combineShares, type SplitTerms, splitSecret } from '#backup/shares/slip39/shares';
import { slip39Words } from '#backup/shares/slip39/words';

const byte = fc.integer({ min: 0, max: 255 });
const nibble = fc.integer({ min: 1, max: 16 });
const secrets = fc
  .integer({ min: 8, max: 32 })
  .chain((half) => fc.uint8Array({ minLength: 2 * half, maxLength: 2 * half }));

/** Terms of a set, and which of its members come together: some more groups than one, the order mixed. */
const sets = fc
  .array(
    nibble.chain((count) =>
      fc.record({
        count: fc.constant(count),
        threshold: fc.integer({ min: Math.min(2, count), max: count }),
        order: fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
      }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .chain((groups) =>
    fc.record({
      groups: fc.constant(groups),
      groupThreshold: fc.integer({ min: 1, max: groups.length }),
      groupOrder: fc.shuffledSubarray([...groups.keys()], { minLength: groups.length }),
      isExtendable: fc.boolean(),
      passphrase: fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
    }),
  );

interface Together extends SplitTerms {
  readonly groups: readonly { threshold: number; count: number; order: readonly number[] }[];
  readonly groupOrder: readonly number[];
}

/** As many members of as many groups as are needed. */
function together(shares: readonly Slip39Share[][], { groups, groupThreshold, groupOrder }: Together) {
  return groupOrder.slice(0, groupThreshold).flatMap((group) => {
    const { order, threshold } = groups[group] as Together['groups'][number];
    return order.slice(0, threshold).map((member) => shares[group]?.[member] as Slip39Share);
  });
}

describe('GF(2^8)', () => {
  test('multiplies as the standard says, modulo x^8 + x^4 + x^3 + x + 1', () => {
    expect(multiply(0x53, 0xca)).toBe(1);
    expect(multiply(0x57, 0x83)).toBe(0xc1);
  });

  test('has an inverse of every element but zero', () => {
    for (let a = 1; a < 256; a++) expect(multiply(a, invert(a))).toBe(1);
    expect(invert(0)).toBe(0);
  });

  test('is commutative, associative and distributive', () => {
    fc.assert(
      fc.property(byte, byte, byte, (a, b, c) => {
        expect(multiply(a, b)).toBe(multiply(b, a));
        expect(multiply(multiply(a, b), c)).toBe(multiply(a, multiply(b, c)));
        expect(multiply(a, b ^ c)).toBe(multiply(a, b) ^ multiply(a, c));
      }),
    );
  });

  test('interpolates the polynomial that the points are taken from', () => {
    const at = (coefficients: Uint8Array, x: number) =>
      coefficients.reduceRight((sum, coefficient) => multiply(sum, x) ^ coefficient, 0);
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 16 }),
        fc.uniqueArray(byte, { minLength: 16, maxLength: 16 }),
        byte,
        (coefficients, xs, x) => {
          const points = xs
            .slice(0, coefficients.length)
            .map((own) => ({ x: own, values: Uint8Array.of(at(coefficients, own)) }));
          expect(interpolate(points, x)[0]).toBe(at(coefficients, x));
        },
      ),
    );
  });

  test('refuses two points of one coordinate', () => {
    const point = { x: 3, values: Uint8Array.of(1) };
    expect(() => interpolate([point, point], 255)).toThrow(RangeError);
  });
});

describe('a mnemonic', () => {
  test('says what was written, for every share that there can be', () => {
    fc.assert(
      fc.property(
        secrets,
        fc.integer({ min: 0, max: 2 ** 15 - 1 }),
        fc.boolean(),
        nibble,
        nibble,
        nibble,
        nibble,
        (value, identifier, isExtendable, a, b, c, d) => {
          const share: Slip39Share = {
            identifier,
            isExtendable,
            iterationExponent: a - 1,
            groupIndex: b - 1,
            groupThreshold: Math.min(a, c),
            groupCount: Math.max(a, c),
            memberIndex: c - 1,
            memberThreshold: d,
            value: Buffer.from(value),
          };
          const indices = encodeShare(share);
          expect(hasRightChecksum(indices)).toBe(true);
          expect(decodeShare(indices)).toEqual(share);
        },
      ),
    );
  });

  test('with up to three other words never has the right checksum', async () => {
    const [[share] = []] = await splitSecret(Buffer.alloc(32, 7), oneGroup(2, 3));
    const indices = encodeShare(share as Slip39Share);
    const changes = fc.uniqueArray(
      fc.record({ at: fc.nat(indices.length - 1), by: fc.integer({ min: 1, max: 1023 }) }),
      { minLength: 1, maxLength: 3, selector: ({ at }) => at },
    );
    fc.assert(
      fc.property(changes, (changed) => {
        const other = [...indices];
        for (const { at, by } of changed) other[at] = (other[at] as number) ^ by;
        // the flag chooses the checksum, so a change of it is none of words alone
        fc.pre(((other[1] as number) & 16) === ((indices[1] as number) & 16));
        expect(hasRightChecksum(other)).toBe(false);
      }),
    );
  });

  test('is written in the list of the standard', () => {
    const text = slip39Words.map((word) => `${word}\n`).join('');
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      'bcc4555340332d169718aed8bf31dd9d5248cb7da6e5d355140ef4f1e601eec3',
    );
  });
});

describe('a secret that was split', () => {
  test('comes back from any members of any groups that are enough, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, sets, async (secret, terms) => {
        const shares = await splitSecret(secret, terms);
        expect(shares.map(({ length }) => length)).toEqual(terms.groups.map(({ count }) => count));
        const combined = await combineShares(together(shares, terms), terms.passphrase);
        expect(combined).toEqual(Buffer.from(secret));
      }),
      { numRuns: 40 },
    );
  });

  test('does not come back from one share fewer, or one more', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, sets, async (secret, terms) => {
        const shares = await splitSecret(secret, terms);
        const enough = together(shares, terms);
        expect(await combineShares(enough.slice(1), terms.passphrase)).toBeUndefined();
        expect(await combineShares([...enough, enough[0] as Slip39Share], terms.passphrase)).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });

  test('does not come back where a bit of one share is another', async () => {
    const threshold = 3;
    const [shares = []] = await splitSecret(Buffer.alloc(32, 1), oneGroup(threshold, 5));
    await fc.assert(
      fc.asyncProperty(fc.nat(threshold - 1), fc.nat(255), async (which, bit) => {
        const altered = shares
          .slice(0, threshold)
          .map((share) => ({ ...share, value: Buffer.from(share.value) }));
        const { value } = altered[which] as Slip39Share;
        value[bit >> 3] = (value[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(await combineShares(altered)).toBeUndefined();
      }),
    );
  });

  test('is another one under another passphrase, more rounds or as an extendable set', async () => {
    const secret = Buffer.alloc(32, 9);
    const terms = { ...oneGroup(2, 2), passphrase: 'TREZOR', iterationExponent: 1 };
    const [shares = []] = await splitSecret(secret, terms);
    expect(await combineShares(shares, 'TREZOR')).toEqual(secret);
    const as = (changed: Partial<Slip39Share>) => shares.map((share) => ({ ...share, ...changed }));
    expect(await combineShares(shares, 'Trezor')).not.toEqual(secret);
    expect(await combineShares(as({ iterationExponent: 0 }), 'TREZOR')).not.toEqual(secret);
    expect(await combineShares(as({ isExtendable: true }), 'TREZOR')).not.toEqual(secret);
    expect(await combineShares(as({ identifier: 1 }), 'TREZOR')).not.toEqual(secret);
  });

  test('opens from two extendable sets alike, and from a mixture of sets never', async () => {
    const secret = Buffer.alloc(32, 5);
    const terms = { ...oneGroup(2, 2), isExtendable: true };
    const [[a] = [], [, b] = []] = [
      (await splitSecret(secret, terms))[0],
      (await splitSecret(secret, terms))[0],
    ];
    expect(await combineShares([a, b] as Slip39Share[])).toBeUndefined();
    const renamed = [a, { ...b, identifier: a?.identifier }] as Slip39Share[];
    expect(await combineShares(renamed)).toBeUndefined();
  });

  test.for<[string, number, Partial<SplitTerms>]>([
    ['15 bytes', 15, {}],
    ['17 bytes', 17, {}],
    ['no group', 32, { groups: [] }],
    ['more groups needed than there are', 32, { groupThreshold: 2 }],
    ['a threshold over its members', 32, { groups: [{ threshold: 3, count: 2 }] }],
    ['seventeen members', 32, { groups: [{ threshold: 2, count: 17 }] }],
    ['a threshold of one among several', 32, { groups: [{ threshold: 1, count: 2 }] }],
    ['a passphrase beyond ASCII', 32, { passphrase: 'Grüße' }],
    ['an exponent of sixteen', 32, { iterationExponent: 16 }],
  ])('is refused with %s', async ([, length, changed]) => {
    const splitting = splitSecret(Buffer.alloc(length), { ...oneGroup(2, 3), ...changed });
    await expect(splitting).rejects.toThrow(RangeError);
  });
});

test('nothing that splits or combines adds to arrays, strings or objects', () => {
  const names = (context: { Array: typeof Array; String: typeof String; Object: typeof Object }) =>
    [context.Array, context.String, context.Object].map(({ prototype }) => Object.keys(prototype as object));
  const untouched = runInNewContext('[Array, String, Object].map(({ prototype }) => Object.keys(prototype))');
  expect(names(globalThis)).toEqual(untouched.map((list: string[]) => [...list]));
});

function oneGroup(threshold: number, count: number): SplitTerms {
  return { groupThreshold: 1, groups: [{ threshold, count }] };
}

import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { drillArtefact } from '#backup/drill';
import { type KeyShare, makeShares, shareText } from '#backup/shares/share-making';
import { openShares } from '#backup/shares/shares-opening';
import { checksumOf } from '#backup/shares/slip39/checksum';
import { combineShares } from '#backup/shares/slip39/shares';
import { slip39Words } from '#backup/shares/slip39/words';
import { readShare } from '#backup/shares/share-mnemonic';
import { EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { test } from '#test/support/temp-folder';
import vectors from '../../fixtures/slip39/vectors.json' with { type: 'json' };

const notes = { environment: 'acme production', createdAt: new Date('2026-03-01T12:00:00.000Z') };
const people = ['Alice', 'Bob', 'Carol', 'Dora', 'Ed'];
const secretOf = (text: string) => ({ text: new Secret(Buffer.from(text)) });
const textOf = (share: KeyShare) => ({ ...secretOf(shareText(share, notes).toString()), name: share.holder });
const wordsOf = (words: readonly string[], name = 'typed') => ({ ...secretOf(words.join(' ')), name });

async function open(sources: Parameters<typeof openShares>[0], passphrase?: string) {
  const opened = await openShares(sources, passphrase);
  if ('broken' in opened) return opened;
  using key = opened.key;
  return { key: key.toBase64(), shares: opened.shares };
}

function shareOf(mnemonic: string) {
  const read = readShare(mnemonic);
  if (!('share' in read)) throw new Error(read.message);
  return read.share;
}

const states = (reported: { shares?: readonly { state: string }[] }) =>
  reported.shares?.map(({ state }) => state);

describe('a set of shares', () => {
  test('gives the key back from any subset that is large enough, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc
          .integer({ min: 2, max: 16 })
          .chain((count) =>
            fc.tuple(
              fc.constant(count),
              fc.integer({ min: 2, max: count }),
              fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
            ),
          ),
        async (bytes, [count, threshold, order]) => {
          using key = new EncryptionKey(Buffer.from(bytes));
          const shares = await makeShares(key, { threshold, holders: order.map((at) => `holder ${at}`) });
          expect(shares).toHaveLength(count);
          const chosen = order.slice(0, threshold).map((at) => textOf(shares[at] as KeyShare));
          expect(await open(chosen)).toMatchObject({ key: key.toBase64() });
        },
      ),
      { numRuns: 12 },
    );
  });

  test('says on each share whose it is, and how the key comes back without Keel', async () => {
    using key = generateEncryptionKey();
    const [, share] = await makeShares(key, {
      threshold: 3,
      holders: people.with(1, 'Bob\n# share: 9 of 9'),
    });
    const text = shareText(share as KeyShare, notes).toString();
    expect(text).toContain('# holder: Bob # share: 9 of 9\n');
    expect(text).toContain('# share: 2 of 5\n');
    expect(text).toContain('shamir recover');
    expect(text).toContain(`# fingerprint: ${key.fingerprint}\n`);
    expect(text).not.toContain(key.toBase64());
  });

  test.for([
    [1, people],
    [6, people],
    [2, ['Alice']],
    [2, Array.from({ length: 17 }, (_, i) => `${i}`)],
    [2, ['Alice', 'alice ']],
    [2, ['Alice', '\n']],
    [2.5, people],
  ] as const)('cannot be %s of %j', async ([threshold, holders]) => {
    using key = generateEncryptionKey();
    await expect(makeShares(key, { threshold, holders })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a drill of shares', () => {
  test('passes with every share, and says so of each', async ({ folder }) => {
    using key = generateEncryptionKey();
    const shares = await makeShares(key, { threshold: 3, holders: people });
    const from = [];
    for (const share of shares) {
      const path = join(folder, `${share.holder}.txt`);
      await writeFile(path, shareText(share, notes));
      from.push({ path });
    }
    expect(await drillArtefact({ form: 'shares', from }, key.fingerprint)).toEqual({
      result: 'correct',
      fingerprint: key.fingerprint,
      shares: people.map((holder, i) => ({ name: `${holder}.txt`, holder, number: i + 1, state: 'good' })),
    });
    expect(await drillArtefact({ form: 'shares', from }, '1111-1111-1111-1111')).toMatchObject({
      result: 'wrong',
      fingerprint: key.fingerprint,
    });
  });

  test('names each share that is missing, foreign, damaged or given twice, though the key comes back', async () => {
    using key = generateEncryptionKey();
    using other = generateEncryptionKey();
    const shares = (await makeShares(key, { threshold: 2, holders: people })).map(textOf);
    const [foreign] = (await makeShares(other, { threshold: 2, holders: ['Mallory', 'Eve'] })).map(textOf);
    const damaged = secretOf(
      (shares[2] as { text: Secret }).text.bytes.toString().replace(/[a-z]+\n$/, 'zero\n'),
    );
    const from = [shares[0], shares[1], shares[1], { ...damaged, name: 'Carol' }, foreign].map(
      (one) => one as { text: Secret },
    );
    const drill = await drillArtefact({ form: 'shares', from }, key.fingerprint);
    expect(drill).toMatchObject({
      result: 'invalid',
      breaksAt: 'shares',
      message: 'the key can be restored, but 5 shares are unusable',
      shares: [
        { state: 'good' },
        { state: 'good' },
        { state: 'duplicate', message: 'it is the same share as Bob' },
        { state: 'damaged', message: 'word 33 is in the list, but is not the one that was written down' },
        { state: 'foreign', holder: 'Mallory' },
        { state: 'missing', name: 'share 4 of 5' },
        { state: 'missing', name: 'share 5 of 5' },
      ],
    });
  });

  test('of too few says how many are lacking', async () => {
    using key = generateEncryptionKey();
    const shares = await makeShares(key, { threshold: 4, holders: people });
    expect(await open(shares.slice(0, 2).map(textOf))).toMatchObject({
      broken: {
        breaksAt: 'shares',
        message: expect.stringMatching(/^2 good shares of set [0-9a-f]{4} and 4 are needed: 2 more$/),
      },
    });
    expect(await open([])).toMatchObject({ broken: { message: 'no share was given' } });
  });

  test.for([
    [
      'a word that is not in the list',
      (words: string[]) => words.with(4, 'zzzzz'),
      'word 5 is not in the word list',
    ],
    ['a word left out', (words: string[]) => words.toSpliced(9, 1), 'a word is missing after word 9'],
    ['a word too many', (words: string[]) => words.toSpliced(9, 0, 'academic'), 'word 10 is one too many'],
    ['two words swapped', (words: string[]) => swap(words, 20, 21), 'words 21 and 22 are swapped'],
    [
      'two wrong words',
      (words: string[]) => words.map((word, i) => (i > 6 && i < 9 ? other(word) : word)),
      'each word is in the list, but their checksum does not match: several are wrong',
    ],
    ['half its words', (words: string[]) => words.slice(0, 16), 'there are 16 words, not 33'],
    ['no words', () => ['\n# holder: Bob\n'], 'it contains no words'],
    [
      'a book',
      () => Array.from({ length: 9000 }, () => 'academic'),
      'it is too large for a backup (80,999 bytes)',
    ],
  ] as const)('tells of %s where it is', async ([, damage, message]) => {
    using key = generateEncryptionKey();
    const shares = await makeShares(key, { threshold: 2, holders: ['Alice', 'Bob', 'Carol'] });
    const words = shares.map((share) => share.words);
    const damaged = wordsOf(damage([...(words[1] as string[])]), 'b');
    const from = [wordsOf(words[0] as string[]), damaged, wordsOf(words[2] as string[])];
    const opened = await open(from);
    expect(opened).toMatchObject({ key: key.toBase64() });
    expect(states(opened as { shares: readonly { state: string }[] })).toEqual(['good', 'damaged', 'good']);
    const reported = 'shares' in opened ? opened.shares[1] : undefined;
    expect(reported?.message).toBe(message);
  });

  test('names a share that no tool writes, though its checksum is right', async () => {
    using key = generateEncryptionKey();
    const shares = await makeShares(key, { threshold: 2, holders: people });
    const body = (shares[1] as KeyShare).words.slice(0, -3).map((word) => slip39Words.indexOf(word));
    // the value's 256 bits stand after four zeros
    const padded = body.with(4, (body[4] as number) | 512);
    const words = [...padded, ...checksumOf(padded, false)].map((index) => slip39Words[index] as string);
    const opened = await open([textOf(shares[0] as KeyShare), wordsOf(words), textOf(shares[2] as KeyShare)]);
    expect(opened).toMatchObject({ key: key.toBase64() });
    const shared = 'shares' in opened ? opened.shares.slice(0, 3) : [];
    expect(shared).toMatchObject([
      { state: 'good' },
      { state: 'damaged', message: 'its checksum is correct, but its contents are not valid for a share' },
      { state: 'good' },
    ]);
  });

  test('finds the altered share whose checksum was made right again', async () => {
    using key = generateEncryptionKey();
    using lie = generateEncryptionKey();
    const shares = await makeShares(key, { threshold: 3, holders: people });
    const lies = await makeShares(lie, { threshold: 3, holders: people });
    const forged = forge(shares[3] as KeyShare, lies[3] as KeyShare, slip39Words);
    const from = shares.map((share, i) => (i === 3 ? wordsOf(forged, 'forged') : textOf(share)));
    const opened = await open(from);
    expect(opened).toMatchObject({ key: key.toBase64() });
    expect(states(opened as { shares: readonly { state: string }[] })).toEqual([
      'good',
      'good',
      'good',
      'damaged',
      'good',
    ]);
    expect(await open(from.slice(1, 4))).toMatchObject({ broken: { breaksAt: 'shares' } });
  });
});

describe('the official vectors of SLIP-0039', () => {
  for (const [name, mnemonics, secret] of vectors as [string, string[], string, string][]) {
    test(name, async () => {
      const opened = await open(
        mnemonics.map((mnemonic) => secretOf(mnemonic)),
        'TREZOR',
      );
      if (secret.length === 64) {
        expect(opened).toMatchObject({ key: Buffer.from(secret, 'hex').toString('base64') });
      } else if (secret.length > 0) {
        expect(opened).toMatchObject({
          broken: { breaksAt: 'key', message: 'they restore 16 bytes, not the 32 of a key' },
        });
        // no key of ours has 128 bits
        const combined = await combineShares(mnemonics.map(shareOf), 'TREZOR');
        expect(combined?.toString('hex')).toBe(secret);
      } else {
        expect(opened).toMatchObject({ broken: { breaksAt: 'shares' } });
      }
    });
  }
});

const swap = (words: string[], a: number, b: number) =>
  words.with(a, words[b] as string).with(b, words[a] as string);
const other = (word: string) => (word === 'zero' ? 'yoga' : 'zero');

/** The header of one share, the value of another, and a checksum that fits. */
function forge(share: KeyShare, value: KeyShare, list: readonly string[]): string[] {
  const body = [...share.words.slice(0, 4), ...value.words.slice(4, 30)].map((word) => list.indexOf(word));
  const generator = [
    0xe0e040, 0x1c1c080, 0x3838100, 0x7070200, 0xe0e0009, 0x1c0c2412, 0x38086c24, 0x3090fc48, 0x21b1f890,
    0x3f3f120,
  ];
  let sum = 1;
  for (const value of [...Buffer.from('shamir'), ...body, 0, 0, 0]) {
    const top = sum >> 20;
    sum = ((sum & 0xfffff) << 10) ^ value;
    for (const [i, term] of generator.entries()) if ((top >> i) & 1) sum ^= term;
  }
  sum ^= 1;
  return [...body, (sum >> 20) & 1023, (sum >> 10) & 1023, sum & 1023].map((index) => list[index] as string);
}

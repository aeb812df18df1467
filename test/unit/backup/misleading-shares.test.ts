import { describe, expect, test } from 'vitest';
import { makeShares } from '#backup/shares/share-making';
import { readShare, type Share, shareWords } from '#backup/shares/share-mnemonic';
import { openShares } from '#backup/shares/shares-opening';
import { encodeShare } from '#backup/shares/slip39/mnemonic';
import { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';

// Sets of shares that would mislead: whoever takes them for good loses the key.

/** The shares of a set of two of four. */
async function sharesOf(byte: number): Promise<Share[]> {
  using key = new EncryptionKey(Buffer.alloc(32, byte));
  const made = await makeShares(key, { threshold: 2, holders: ['Ada', 'Bob', 'Carol', 'Dora'] });
  return made.map(({ words }) => {
    const read = readShare(words.join(' '));
    if ('share' in read) return read.share;
    throw new Error(read.message);
  });
}

const written = (share: Share) => {
  const words = encodeShare(share).map((index) => shareWords.words[index]);
  return { text: new Secret(Buffer.from(words.join(' '))) };
};

describe('a set of shares', () => {
  test('of two keys under one name gives one of them back, and calls the shares of the other bad', async () => {
    const [mine, others] = [await sharesOf(7), await sharesOf(9)];
    const { identifier } = mine[0] as Share;
    const from = [...mine.slice(0, 2), ...others.slice(2).map((share) => ({ ...share, identifier }))];
    const opened = await openShares(from.map(written));
    if (!('key' in opened)) throw new Error(opened.broken.message);
    using key = opened.key;
    expect(key.bytes).toEqual(Buffer.alloc(32, 7));
    expect(opened.shares.map(({ state }) => state)).toEqual(['good', 'good', 'damaged', 'damaged']);
    expect(opened.set?.shares.map(({ number }) => number)).toEqual([1, 2]);
  });

  test('of which the key does not come back is not given out', async () => {
    using key = new EncryptionKey(Buffer.alloc(32, 7));
    // written down in the words of another list
    const words = shareWords.words as string[];
    words.reverse();
    try {
      const making = makeShares(key, { threshold: 2, holders: ['Ada', 'Bob'] });
      await expect(making).rejects.toMatchObject({
        code: 'drill-failed',
        message: expect.stringMatching(/nothing was written$/),
      });
    } finally {
      words.reverse();
    }
  });

  test('that asks for more rounds than that of a key is not combined', async () => {
    const costly = (await sharesOf(7)).map((share) => written({ ...share, iterationExponent: 5 }));
    expect(await openShares(costly)).toMatchObject({
      broken: { message: 'they require more computation than the shares of a key' },
    });
  });
});

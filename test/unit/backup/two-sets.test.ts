import { describe, expect, test } from 'vitest';
import { type ArtefactSource, openArtefact, openKeys } from '#backup/artefact';
import { drillArtefact } from '#backup/drill';
import { makeShares, shareText } from '#backup/shares/share-making';
import { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';

const notes = { environment: 'acme', createdAt: new Date('2026-03-01T12:00:00.000Z') };
const keyOf = (byte: number) => new EncryptionKey(Buffer.alloc(32, byte));
const [old, fresh] = [keyOf(7).fingerprint, keyOf(9).fingerprint];

async function setOf(byte: number, threshold: number, count: number) {
  using key = keyOf(byte);
  const holders = Array.from({ length: count }, (_, at) => `holder ${at + 1}`);
  const made = await makeShares(key, { threshold, holders });
  return made.map((share) => ({
    text: new Secret(shareText(share, notes)),
    name: `${byte}-${share.number}`,
  }));
}

const shares = (...from: Extract<ArtefactSource, { form: 'shares' }>['from']) =>
  ({ form: 'shares', from }) as const;

describe('shares of two complete sets', () => {
  test.for([
    [2, 2],
    [3, 2],
    [2, 3],
  ])(
    'restore no key where nothing says which: %d of one and %d of the other',
    async ([mine = 0, theirs = 0]) => {
      const [one, two] = [await setOf(7, 2, 3), await setOf(9, 2, 3)];
      const source = shares(...one.slice(0, mine), ...two.slice(0, theirs));
      const opened = await openArtefact(source);
      expect(opened).toMatchObject({ broken: { breaksAt: 'shares' } });
      if (!('broken' in opened)) return;
      expect(opened.broken.message).toContain(old);
      expect(opened.broken.message).toContain(fresh);
    },
  );

  test('restore the key that is expected, be its set the smaller or the later one', async () => {
    const [one, two] = [await setOf(7, 2, 3), await setOf(9, 2, 3)];
    for (const source of [shares(...one, ...two.slice(0, 2)), shares(...two.slice(0, 2), ...one)]) {
      for (const expected of [old, fresh]) {
        const opened = await openArtefact(source, { expected });
        expect('key' in opened && opened.key.fingerprint).toBe(expected);
      }
      // a test names the shares of the other set
      expect(await drillArtefact(source, fresh)).toMatchObject({ result: 'invalid', breaksAt: 'shares' });
    }
  });

  test('are both offered to whoever can tell them apart', async () => {
    const opened = await openKeys(shares(...(await setOf(7, 2, 3)), ...(await setOf(9, 2, 3))));
    if (!('values' in opened)) throw new Error(opened.broken.message);
    expect(opened.values.flat().map(({ fingerprint }) => fingerprint)).toEqual([old, fresh]);
    expect(opened.sets?.map(({ shares: all }) => all.filter(({ state }) => state === 'good').length)).toEqual(
      [3, 3],
    );
  });

  test('restore the key where they are of one key, or where one set is short of a share', async () => {
    const again = await openArtefact(shares(...(await setOf(7, 2, 3)), ...(await setOf(7, 2, 3))));
    expect('key' in again && again.key.fingerprint).toBe(old);
    const short = await openArtefact(
      shares(...(await setOf(9, 3, 3)).slice(0, 2), ...(await setOf(7, 2, 3)).slice(1)),
    );
    expect('key' in short && short.key.fingerprint).toBe(old);
    expect('shares' in short && short.shares?.filter(({ state }) => state === 'foreign')).toHaveLength(2);
  });
});

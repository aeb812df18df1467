import { expect, test } from 'vitest';
import type { ArtefactSource } from '#backup/artefact';
import { drillArtefact } from '#backup/drill';
import { recoveryWordsText } from '#backup/recovery-words';
import { makeShares, shareText } from '#backup/shares/share-making';
import { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';

const notes = { environment: 'acme', createdAt: new Date('2026-03-01T12:00:00.000Z') };
const key = new EncryptionKey(Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37 + 11) % 256)));
const textOf = (bytes: Buffer, name: string) => ({ text: new Secret(Buffer.from(bytes)), name });

/** The whole with a bit flipped at places spread over all of it, and cut off there. */
function* damaged(whole: Buffer, step: number): Generator<Buffer> {
  for (let at = 3; at < whole.length; at += step) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] as number) ^ (1 << (at % 7));
    yield flipped;
    yield whole.subarray(0, at);
  }
}

test('words that were damaged anywhere are told to be, and never give another key without saying so', async () => {
  const whole = recoveryWordsText(key, notes);
  for (const bytes of damaged(whole, 23)) {
    const drill = await drillArtefact({ form: 'words', from: textOf(bytes, 'words') }, key.fingerprint);
    // a comment may be damaged without harm
    if (drill.result === 'correct') continue;
    expect(drill.result).toBe('invalid');
    if (drill.result === 'invalid') expect(drill.breaksAt).toMatch(/^(words|file)$/);
  }
});

test('a share that was damaged anywhere is named, and the key comes back from the others', async () => {
  const shares = await makeShares(key, { threshold: 2, holders: ['Alice', 'Bob', 'Carol'] });
  const [first, second, third] = shares.map((share) => shareText(share, notes)) as [Buffer, Buffer, Buffer];
  for (const bytes of damaged(second, 37)) {
    const from = [textOf(first, 'a'), textOf(bytes, 'b'), textOf(third, 'c')];
    const source: ArtefactSource = { form: 'shares', from };
    const drill = await drillArtefact(source, key.fingerprint);
    if (drill.result === 'correct') continue;
    expect(drill).toMatchObject({
      result: 'invalid',
      breaksAt: 'shares',
      message: expect.stringMatching(/^the key can be restored, but b is damaged/),
    });
  }
});

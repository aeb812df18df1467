import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openArtefact } from '#backup/artefact';
import { sealKey } from '#backup/age/age-file';
import { writeRecoveryWords, writeShares } from '#backup/clear-artefact';
import { drillArtefact } from '#backup/drill';
import { onlyKey, readKeyText } from '#backup/reading/read-key-text';
import { makePaperKit } from '#backup/paper/paper-kit';
import { toRecoveryWords } from '#backup/recovery-words';
import { readHeldShare } from '#backup/shares/held-share';
import { readShare } from '#backup/shares/share-mnemonic';
import { makeShares, shareText } from '#backup/shares/share-making';
import { openShares } from '#backup/shares/shares-opening';
import { makeBackup } from '#backup/use-cases/make';
import { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { heardContext } from '#test/support/added-environment';
import { leftInMemory } from '#test/support/left-in-memory';
import { test } from '#test/support/temp-folder';

// A key that was backed up or tested is nowhere in memory after that, as far as it was in bytes.

const bytes = Buffer.from(Array.from({ length: 32 }, (_, at) => 7 * at + 1));
const base64 = bytes.toString('base64');
const notes = { environment: 'acme', createdAt: new Date('2026-03-01T12:00:00.000Z') };
const terms = { threshold: 2, holders: ['Ann', 'Bob', 'Zoë'] };

const key = () => new EncryptionKey(Buffer.from(bytes));
const wordsOf = (count: number) => {
  using one = key();
  return toRecoveryWords(one).slice(0, count).join(' ');
};

/** Where a key is left after `work`, which gets a copy of its own. */
const left = (work: (key: EncryptionKey) => Promise<unknown>, ...more: string[]) =>
  leftInMemory([bytes, base64, wordsOf(6), ...more], async () => {
    using one = key();
    await work(one);
  });

describe('a key is left nowhere', () => {
  test('by an age file that is sealed under a passphrase or to a public key, and opened', async () => {
    const passphrase = 'correct horse battery staple';
    const sealed: string[] = [];
    const recipients = ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'];
    expect(
      await left(async (one) => {
        using typed = new Secret(Buffer.from(passphrase));
        sealed.push(await sealKey(one, { passphrase: typed }, notes, { workFactor: 2 }));
        await sealKey(one, { recipients }, notes);
      }, passphrase),
    ).toEqual([]);
    expect(
      await left(async (one) => {
        using typed = new Secret(Buffer.from(passphrase));
        using text = new Secret(Buffer.from(sealed[0] as string));
        const source = { form: 'age-file', from: { text }, opener: { passphrase: typed } } as const;
        expect(await drillArtefact(source, one.fingerprint)).toMatchObject({ result: 'correct' });
        expect(await drillArtefact(source, 'another')).toMatchObject({ result: 'wrong' });
      }, passphrase),
    ).toEqual([]);
  });

  test('by what was sealed, however it is written there', async () => {
    for (const text of [`KEY=1\nENCRYPTION_KEY=${base64}\n`, base64, bytes.toString('hex'), bytes]) {
      const work = async () => {
        const read = onlyKey(readKeyText(Buffer.from(text)));
        if (!('key' in read)) throw new Error(read.broken.message);
        read.key[Symbol.dispose]();
      };
      expect(await left(work, bytes.toString('hex'))).toEqual([]);
    }
  });

  test('by two keys of which none is taken', async () => {
    const other = Buffer.alloc(32, 9).toString('base64');
    expect(
      await left(async () => {
        const two = Buffer.from(`ENCRYPTION_KEY=${base64}\nENCRYPTION_KEY=${other}\n`);
        expect(onlyKey(readKeyText(two))).toMatchObject({ broken: { breaksAt: 'text' } });
      }, other),
    ).toEqual([]);
  });

  test('by recovery words that are written, and restored', async ({ folder }) => {
    const path = join(folder, 'words.txt');
    expect(
      await left(async (one) => {
        await writeRecoveryWords(path, one, notes);
        const source = { form: 'words', from: { path } } as const;
        expect(await drillArtefact(source, one.fingerprint)).toMatchObject({ result: 'correct' });
        expect(await drillArtefact(source, 'another')).toMatchObject({ result: 'wrong' });
      }),
    ).toEqual([]);
  });

  test('by a file that is there already, and was not written', async ({ folder }) => {
    const path = join(folder, 'words.txt');
    using one = key();
    await writeRecoveryWords(path, one, notes);
    const again = () =>
      expect(writeRecoveryWords(path, one, notes)).rejects.toMatchObject({ code: 'file-exists' });
    expect(await leftInMemory([wordsOf(6)], again)).toEqual([]);
  });

  test('by shares that are made, and written', async ({ folder }) => {
    expect(await left(async (one) => writeShares(folder, one, terms, notes))).toEqual([]);
  });

  test('by shares that are read, combined and proven, nor are they', async () => {
    using whole = key();
    const shares = await makeShares(whole, terms);
    const texts = shares.map((share) => ({ text: new Secret(shareText(share, notes)) }));
    const words = shares.map((share) => share.words.slice(0, 7).join(' '));
    const values = shares.map(({ words: all }) => {
      const read = readShare(all.join(' '));
      return 'share' in read ? read.share.value : Buffer.from(words[0] as string);
    });
    const work = async () => {
      const opened = await openShares(texts);
      if ('key' in opened) opened.key[Symbol.dispose]();
      for (const { text } of texts) {
        const held = await readHeldShare({ text });
        if ('share' in held) held.share.value.fill(0);
      }
    };
    expect(await leftInMemory([bytes, ...words, ...values], work)).toEqual([]);
  });

  test('by a passphrase that was drawn and written to a file', async ({ folder }) => {
    const passphrase = 'seven words that were drawn by chance';
    const spec = {
      form: 'passphrase',
      path: join(folder, 'key.age'),
      writeTo: join(folder, 'phrase.txt'),
    } as const;
    expect(
      await left(async (one) => {
        using drawn = new Secret(Buffer.from(passphrase));
        await makeBackup(
          undefined,
          { key: one, spec: { ...spec, passphrase: drawn }, drill: false },
          heardContext(),
        );
      }, passphrase),
    ).toEqual([]);
  });

  test('by a sheet of words, of shares or of a sealed key', async () => {
    expect(
      await left(async (one) => {
        using passphrase = new Secret(Buffer.from('correct horse battery staple'));
        await makePaperKit(one, { kind: 'sealed', passphrase }, notes, { workFactor: 2 });
        await makePaperKit(one, { kind: 'words' }, notes);
        await makePaperKit(one, { kind: 'share', terms }, notes);
      }),
    ).toEqual([]);
  });
});

test('what an artefact that cannot be opened holds is wiped', async () => {
  expect(
    await left(async (one) => {
      using text = new Secret(Buffer.from(`not the key: ${one.toBase64()}`));
      expect(await openArtefact({ form: 'words', from: { text } })).toHaveProperty('broken');
    }),
  ).toEqual([]);
});

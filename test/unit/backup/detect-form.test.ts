import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect } from 'vitest';
import { sealKey } from '#backup/age/age-file';
import { detectForm } from '#backup/detect-form';
import { recoveryWordsText, toRecoveryWords } from '#backup/recovery-words';
import { makeShares, shareText } from '#backup/shares/share-making';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { test } from '#test/support/temp-folder';

const notes = { environment: 'acme', createdAt: new Date() };
const detect = (text: string | Uint8Array) => detectForm({ text: new Secret(Buffer.from(text)) });

test('each form is known by its content, whole or damaged', async () => {
  using key = generateEncryptionKey();
  using passphrase = new Secret(Buffer.from('seven unlikely words'));
  const recipients = [await identityToRecipient(await generateX25519Identity())];
  const sealed = await sealKey(key, { passphrase }, notes, { workFactor: 10 });
  for (const text of [sealed, sealed.slice(0, 90), armor.decode(sealed)]) {
    expect(await detect(text)).toEqual({ form: 'age-file', sealedTo: 'passphrase' });
  }
  expect(await detect(await sealKey(key, { recipients }, notes))).toEqual({
    form: 'age-file',
    sealedTo: 'recipients',
  });
  const words = toRecoveryWords(key);
  for (const text of [
    recoveryWordsText(key, notes),
    words.slice(3).join(' '),
    words.with(2, 'xqz').join(' '),
  ]) {
    expect(await detect(text)).toEqual({ form: 'words' });
  }
  const [share] = await makeShares(key, { threshold: 2, holders: ['Alice', 'Bob'] });
  if (!share) throw new Error('no share');
  for (const text of [
    shareText(share, notes),
    share.words.slice(3).join(' '),
    share.words.with(9, 'xqz').join(' '),
  ]) {
    expect(await detect(text)).toEqual({ form: 'share' });
  }
});

test('what is no backup is called what it is', async ({ folder }) => {
  using key = generateEncryptionKey();
  expect(await detect(`# .env\nENCRYPTION_KEY=${key.toBase64()}\n`)).toMatchObject({
    broken: { message: 'it contains the key itself in plain text, and is not a backup' },
  });
  for (const text of ['the quick brown fox', 'x'.repeat(60_000), '\u0000\u0001', 'lorem ipsum '.repeat(12)]) {
    expect(await detect(text)).toMatchObject({ broken: { breaksAt: 'file' } });
  }
  expect(await detect('')).toMatchObject({ broken: { message: 'it is empty' } });
  expect(await detectForm({ path: join(folder, 'none') })).toMatchObject({
    broken: { message: 'it cannot be read: the file does not exist' },
  });
  await writeFile(join(folder, 'big'), Buffer.alloc(20 * 1024 * 1024));
  expect(await detectForm({ path: join(folder, 'big') })).toMatchObject({
    broken: { message: 'it is too large for a backup (20,971,520 bytes)' },
  });
});

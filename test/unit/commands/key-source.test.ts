import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readKey, readKeyFile, readPassphraseFile } from '#commands/keys/key-source';
import { test } from '#test/support/temp-folder';

const text = randomBytes(32).toString('base64');
const write = async (folder: string, content: string | Buffer) => {
  const path = join(folder, 'file');
  await writeFile(path, content);
  await chmod(path, 0o600);
  return path;
};

describe('a key', () => {
  test.for([text, `${text}\n`, `${text}\r\n`])(
    'is read from a file, with one line break or none',
    async (content, { folder }) => {
      using key = await readKeyFile(await write(folder, content));
      expect(key.toBase64()).toBe(text);
    },
  );

  test('comes from exactly one source', async ({ folder }) => {
    const keyFile = await write(folder, text);
    for (const source of [{}, { stdin: false }, { keyFile, keyEnv: 'KEEL_KEY' }, { keyFile, stdin: true }]) {
      await expect(readKey(source)).rejects.toMatchObject({ code: 'usage' });
    }
    using key = await readKey({ keyFile, stdin: false });
    expect(key.toBase64()).toBe(text);
  });

  test('is missing where its variable is not set', async () => {
    await expect(readKey({ keyEnv: 'KEEL_TEST_VARIABLE_THAT_NOBODY_SETS' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('KEEL_TEST_VARIABLE_THAT_NOBODY_SETS is not set'),
    });
  });

  test('is looked for in small files only', async ({ folder }) => {
    const path = await write(folder, `${text}\n`.repeat(100));
    await expect(readKeyFile(path)).rejects.toMatchObject({
      code: 'key-file-unreadable',
      message: expect.stringContaining('larger than 4096 bytes'),
    });
  });

  test('whose file cannot be read is told why', async ({ folder }) => {
    await expect(readKeyFile(join(folder, 'none'))).rejects.toThrow(/the file does not exist/);
    await expect(readKeyFile(folder)).rejects.toThrow(/it is a folder/);
  });

  test('is never repeated by what refuses it', async ({ folder }) => {
    const path = await write(folder, `"${text}"`);
    await expect(readKeyFile(path)).rejects.toMatchObject({
      code: 'key-malformed',
      message: expect.not.stringContaining(text.slice(0, 10)),
    });
  });
});

describe('a passphrase', () => {
  test.for([
    ['correct horse', 'correct horse'],
    ['correct horse\n', 'correct horse'],
    ['correct horse\r\n', 'correct horse'],
    ['correct horse\n\n', 'correct horse\n'],
    [' spaces stay ', ' spaces stay '],
    ['pässwörd 🔑\n', 'pässwörd 🔑'],
    ['carriage\r', 'carriage\r'],
  ] as const)('in a file that holds %j is %j', async ([content, expected], { folder }) => {
    using passphrase = await readPassphraseFile(await write(folder, content));
    expect(passphrase.bytes.toString('utf8')).toBe(expected);
  });

  test.for(['', '\n', '\r\n'])('is missing in a file that holds %j', async (content, { folder }) => {
    await expect(readPassphraseFile(await write(folder, content))).rejects.toMatchObject({
      code: 'passphrase-missing',
    });
  });
});

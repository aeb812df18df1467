import { assertRecipient } from '#backup/age/age-recipient';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect } from 'vitest';
import { inTerminalWords } from '#commands/act-text';
import { drillAgeFile, drillArtefact } from '#backup/drill';
import { readAgeFile, writeAgeFile } from '#backup/age/age-file';
import { type EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { test } from '#test/support/temp-folder';

const words = 'seven ünlikely words';
const passphrase = (text = words) => new Secret(Buffer.from(text));
const notes = { environment: 'db.example.com:5432/ballast', createdAt: new Date('2026-03-01T12:00:00.000Z') };
const quick = { workFactor: 10 };

async function backUp(folder: string, key: EncryptionKey): Promise<string> {
  const path = join(folder, 'backup.age');
  await writeAgeFile(path, key, passphrase(), notes, quick);
  return path;
}

async function sealed(plain: string | Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(words);
  encrypter.setScryptWorkFactor(10);
  return encrypter.encrypt(plain);
}

describe('an age file', () => {
  test('gives the key back under its passphrase', async ({ folder }) => {
    using key = generateEncryptionKey();
    const path = await backUp(folder, key);
    using restored = await readAgeFile(path, passphrase());
    expect(restored.bytes).toEqual(key.bytes);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['backup.age']);
  });

  test('opens without Keel, and says what it is', async ({ folder }) => {
    using key = generateEncryptionKey();
    const decrypter = new Decrypter();
    decrypter.addPassphrase(words);
    const file = armor.decode(await readFile(await backUp(folder, key), 'utf8'));
    expect(await decrypter.decrypt(file, 'text')).toBe(
      [
        '# ENCRYPTION_KEY, backed up by Keel',
        '# environment: db.example.com:5432/ballast',
        `# fingerprint: ${key.fingerprint}`,
        '# written: 2026-03-01T12:00:00.000Z',
        `ENCRYPTION_KEY=${key.toBase64()}`,
        '',
      ].join('\n'),
    );
  });

  test("is sealed at the cost of age's default for people", async ({ folder }) => {
    using key = generateEncryptionKey();
    const path = join(folder, 'backup.age');
    await writeAgeFile(path, key, passphrase(), notes);
    const header = Buffer.from(armor.decode(await readFile(path, 'utf8'))).toString('latin1');
    expect(header).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S+ 18\n/);
  });

  test('never replaces a file', async ({ folder }) => {
    using key = generateEncryptionKey();
    const path = await backUp(folder, key);
    const before = await readFile(path);
    await expect(backUp(folder, key)).rejects.toMatchObject({ code: 'file-exists' });
    expect(await readFile(path)).toEqual(before);
  });

  test('has one key however the environment is called', async ({ folder }) => {
    using key = generateEncryptionKey();
    using other = generateEncryptionKey();
    const path = join(folder, 'backup.age');
    for (const [i, end] of ['\n', '\r', '\u2028', '\u0085'].entries()) {
      const environment = `x${end}ENCRYPTION_KEY=${other.toBase64()}`;
      await writeAgeFile(`${path}${i}`, key, passphrase(), { ...notes, environment }, quick);
      using restored = await readAgeFile(`${path}${i}`, passphrase());
      expect(restored.fingerprint).toBe(key.fingerprint);
    }
  });

  test.for(['', '\u00ff'] as const)(
    'is not sealed under %j, which nobody can type',
    async (text, { folder }) => {
      using key = generateEncryptionKey();
      const path = join(folder, 'backup.age');
      const untypable = new Secret(Buffer.from(text, 'latin1'));
      await expect(writeAgeFile(path, key, untypable, notes, quick)).rejects.toMatchObject({
        code: 'passphrase-missing',
      });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  test('that gives no key back is an error that says why', async ({ folder }) => {
    await expect(readAgeFile(join(folder, 'none.age'), passphrase())).rejects.toMatchObject({
      code: 'key-file-unreadable',
      message: expect.stringMatching(
        /no key could be restored from .*none\.age: .*the file does not exist.*; nothing changed$/,
      ),
    });
  });
});

describe('a drill', () => {
  test('of the right file is correct', async ({ folder }) => {
    using key = generateEncryptionKey();
    const path = await backUp(folder, key);
    const { fingerprint } = key;
    expect(await drillAgeFile(path, passphrase(), fingerprint)).toEqual({ result: 'correct', fingerprint });
  });

  test('of a binary age file, or of one with Windows line ends, is correct', async ({ folder }) => {
    using key = generateEncryptionKey();
    const { fingerprint } = key;
    const path = join(folder, 'backup.age');
    const file = await sealed(`# by hand\r\nENCRYPTION_KEY=${key.toBase64()}\r\n`);
    for (const bytes of [file, armor.encode(file).replaceAll('\n', '\r\n')]) {
      await writeFile(path, bytes);
      expect(await drillAgeFile(path, passphrase(), fingerprint)).toEqual({ result: 'correct', fingerprint });
    }
  });

  test('of the file of another key is wrong, and names both', async ({ folder }) => {
    using key = generateEncryptionKey();
    const path = await backUp(folder, key);
    expect(await drillAgeFile(path, passphrase(), '1111-1111-1111-1111')).toEqual({
      result: 'wrong',
      fingerprint: key.fingerprint,
      expected: '1111-1111-1111-1111',
    });
  });

  test('under another passphrase is invalid there', async ({ folder }) => {
    using key = generateEncryptionKey();
    const path = await backUp(folder, key);
    expect(await drillAgeFile(path, passphrase('wrong'), key.fingerprint)).toMatchObject({
      result: 'invalid',
      breaksAt: 'passphrase',
    });
  });

  const line = 'ENCRYPTION_KEY=';
  test.for([
    ['an empty file', () => '', 'file'],
    ['a file beyond any backup', () => Buffer.alloc(64 * 1024 + 1), 'file'],
    ['other text', () => 'ENCRYPTION_KEY=see the safe\n', 'armor'],
    [
      'bytes of anything',
      () => Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7919) % 256)),
      'armor',
    ],
    ['a file cut off in its armor', (text: string) => text.slice(0, -40), 'payload'],
    ['a file with a line missing', (text: string) => text.replace(/\n[^\n]{64}\n/, '\n'), 'header'],
    ['a key sealed to a public key', () => sealedToRecipient(), 'header'],
    ['a file that asks for hours of scrypt', (text: string) => withCost(text, 30), 'header'],
    ['a file without a key', () => sealed('# nothing here\n'), 'text'],
    ['a file of two keys', () => sealed(`${line}one\n${line}two\n`), 'text'],
    ['a file of a cut-off key', () => sealed(`${line}c2hvcnQ=\n`), 'key'],
    ['a file of no text', () => sealed(Buffer.from([0xff, 0xfe, 0x00])), 'text'],
  ] as const)('of %s is invalid', async ([, make, breaksAt], { folder }) => {
    using key = generateEncryptionKey();
    const path = await backUp(folder, key);
    await writeFile(path, await make(await readFile(path, 'utf8')));
    const drill = await drillAgeFile(path, passphrase(), key.fingerprint);
    expect(drill).toMatchObject({ result: 'invalid', breaksAt });
    if (drill.result === 'invalid')
      expect(`${drill.message}${inTerminalWords(drill.remedy)}`).not.toContain(key.toBase64());
  });

  test.for([
    ['armored', (file: Buffer) => file],
    ['not armored', unarmored],
  ] as const)('with an identity file that is encrypted itself, %s, says so', async ([, form], { folder }) => {
    using key = generateEncryptionKey();
    const path = await backUp(folder, key);
    using identities = new Secret(form(await readFile(path)));
    const source = { form: 'age-file', from: { path }, opener: { identities } } as const;
    expect(await drillArtefact(source, key.fingerprint)).toMatchObject({
      result: 'invalid',
      breaksAt: 'identity',
      message: 'the identity file is itself encrypted',
    });
  });

  test('of a folder or of nothing is invalid', async ({ folder }) => {
    await mkdir(join(folder, 'sub'));
    for (const name of ['sub', 'none']) {
      expect(await drillAgeFile(join(folder, name), passphrase(), '1111-1111-1111-1111')).toMatchObject({
        result: 'invalid',
        breaksAt: 'file',
      });
    }
  });

  test('never passes with any bit flipped or any end cut off', async ({ folder }) => {
    using key = generateEncryptionKey();
    const path = await backUp(folder, key);
    const whole = armor.decode(await readFile(path, 'utf8'));
    const cost = Buffer.from(whole).indexOf(' 10\n') + 1;
    for (let at = 0; at < whole.length; at++) {
      const flipped = Uint8Array.from(whole);
      // a changed cost is not worth minutes of scrypt here; the header test above has it
      if (at === cost || at === cost + 1) continue;
      flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
      for (const damaged of [flipped, whole.subarray(0, at)]) {
        await writeFile(path, damaged);
        expect(await drillAgeFile(path, passphrase(), key.fingerprint)).toMatchObject({ result: 'invalid' });
      }
    }
  });

  test('tells a damaged payload from a damaged header', async ({ folder }) => {
    using key = generateEncryptionKey();
    const path = await backUp(folder, key);
    const whole = Buffer.from(armor.decode(await readFile(path, 'utf8')));
    const payload = whole.indexOf('\n--- ') + 5 + 43 + 1;
    for (const [at, breaksAt] of [
      [payload - 5, 'header'],
      [payload, 'payload'],
      [whole.length - 1, 'payload'],
    ] as const) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] as number) ^ 2;
      await writeFile(path, flipped);
      expect(await drillAgeFile(path, passphrase(), key.fingerprint)).toMatchObject({ breaksAt });
    }
  });
});

function unarmored(file: Buffer): Buffer {
  return Buffer.from(armor.decode(file.toString()));
}

async function sealedToRecipient(): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()));
  return encrypter.encrypt('ENCRYPTION_KEY=');
}

function withCost(text: string, cost: number): string {
  const header = Buffer.from(armor.decode(text)).toString('latin1').replace(' 10\n', ` ${cost}\n`);
  return armor.encode(Buffer.from(header, 'latin1'));
}

test.each([
  ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq bob@host', /an SSH public key was given/],
  ['age1yubikey1qdk0y8gwcfyfv2uemx5qdjtp8d6nkcvn7xxrd6xzxe3tyxr', /plugin age-plugin-yubikey/],
])('a recipient of another kind is named as that: %s', async (recipient, message) => {
  await expect(assertRecipient(recipient)).rejects.toThrow(message);
});

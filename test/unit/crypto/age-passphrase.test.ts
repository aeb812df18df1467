import { Decrypter, Encrypter } from 'age-encryption';
import { expect, test } from 'vitest';
import { passphraseIdentity, passphraseRecipient } from '#crypto/age-passphrase';
import { DerivationMemory } from '#crypto/derivation-memory';

const passphrase = 'korrekt Pferd 🐴 battery staple';
const bytes = Buffer.from(passphrase);
/** Tests need not pay the cost that people's keys deserve. */
const workFactor = 10;

async function sealedByKeel(): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(passphraseRecipient(bytes, workFactor));
  return encrypter.encrypt('the text');
}

async function sealedByTheLibrary(text = passphrase): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(text);
  encrypter.setScryptWorkFactor(workFactor);
  return encrypter.encrypt('the text');
}

function openedByKeel(file: Uint8Array): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(passphraseIdentity(bytes));
  return decrypter.decrypt(file, 'text');
}

test('a file that is sealed here opens with the age library', async () => {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  expect(await decrypter.decrypt(await sealedByKeel(), 'text')).toBe('the text');
});

test('a file that the age library sealed opens here', async () => {
  expect(await openedByKeel(await sealedByTheLibrary())).toBe('the text');
});

test('another passphrase opens nothing', async () => {
  await expect(openedByKeel(await sealedByTheLibrary('another one'))).rejects.toThrow(/no identity matched/);
});

test('a stanza that asks for gigabytes is refused before any work is done', async () => {
  const text = Buffer.from(await sealedByTheLibrary()).toString('latin1');
  const greedy = Buffer.from(text.replace(` ${workFactor}\n`, ' 40\n'), 'latin1');
  await expect(openedByKeel(greedy)).rejects.toThrow('work factor is too high');
});

test('deriving the key leaves the main thread to others', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  const encrypter = new Encrypter();
  encrypter.addRecipient(passphraseRecipient(bytes));
  await encrypter.encrypt('the text');
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});

test('a file that is opened again takes no second derivation, until it is sealed anew', async () => {
  using memory = new DerivationMemory();
  let derived = 0;
  const recall = (salt: string) =>
    memory.recall(Buffer.from(salt), workFactor, async () => Buffer.from(`key ${++derived}`));
  expect((await recall('one')).toString()).toBe('key 1');
  expect((await recall('one')).toString()).toBe('key 1');
  expect((await recall('two')).toString()).toBe('key 2');
  const decrypter = new Decrypter();
  decrypter.addIdentity(passphraseIdentity(bytes, memory));
  const file = await sealedByTheLibrary();
  expect(await decrypter.decrypt(file, 'text')).toBe('the text');
  expect(await decrypter.decrypt(file, 'text')).toBe('the text');
});

test('a file that was sealed takes no second derivation to be opened, and each is sealed under a salt of its own', async () => {
  using memory = new DerivationMemory();
  const derived: string[] = [];
  const recall = memory.recall.bind(memory);
  memory.recall = (salt, factor, derive) =>
    recall(salt, factor, () => {
      derived.push(salt.toString('hex'));
      return derive();
    });
  for (const count of [1, 2]) {
    const encrypter = new Encrypter();
    encrypter.addRecipient(passphraseRecipient(bytes, workFactor, memory));
    const file = await encrypter.encrypt('the text');
    const decrypter = new Decrypter();
    decrypter.addIdentity(passphraseIdentity(bytes, memory));
    expect(await decrypter.decrypt(file, 'text')).toBe('the text');
    expect(await openedByKeel(file)).toBe('the text');
    expect(new Set(derived).size).toBe(count);
    expect(derived).toHaveLength(count);
  }
});

test('a file that is opened twice at once takes one derivation, and one that failed is made again', async () => {
  using memory = new DerivationMemory();
  let derived = 0;
  const recall = (salt: string, fails = false) =>
    memory.recall(Buffer.from(salt), workFactor, async () => {
      derived += 1;
      await new Promise(setImmediate);
      if (fails) throw new Error('no memory left');
      return Buffer.from(`key of ${salt}`);
    });
  const [one, two, other] = await Promise.all([recall('one'), recall('one'), recall('other')]);
  expect([one, two, other].map(String)).toEqual(['key of one', 'key of one', 'key of other']);
  expect(derived).toBe(2);
  const failed = await Promise.allSettled([recall('third', true), recall('third', true)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(String(await recall('third'))).toBe('key of third');
  expect(derived).toBe(4);
});

test('a key that is derived as its memory is disposed is wiped', async () => {
  const memory = new DerivationMemory();
  const key = Buffer.from('key of a file');
  const recalled = memory.recall(Buffer.from('one'), workFactor, async () => key);
  memory[Symbol.dispose]();
  expect(String(await recalled)).toBe('key of a file');
  await new Promise(setImmediate);
  expect(key.every((byte) => byte === 0)).toBe(true);
});

test('a memory that was disposed keeps nothing of what is derived after that', async () => {
  const memory = new DerivationMemory();
  memory[Symbol.dispose]();
  let derived = 0;
  const recall = () =>
    memory.recall(Buffer.from('one'), workFactor, async () => Buffer.from(`key ${++derived}`));
  expect(String(await recall())).toBe('key 1');
  expect(String(await recall())).toBe('key 2');
});

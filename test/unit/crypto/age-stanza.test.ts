import { randomBytes } from 'node:crypto';
import { Stanza } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { passphraseIdentity, passphraseRecipient } from '#crypto/age-passphrase';
import { DerivationMemory } from '#crypto/derivation-memory';
import { derivations } from '#crypto/derivations';

// The stanza in which a passphrase seals a file's key, as C2SP age.md has it, and what is done with the key that is derived for it.

const bytes = Buffer.from('correct horse battery');
const workFactor = 2;
const inBase64 = (salt: Buffer) => salt.toString('base64').replace(/=+$/, '');

/** A memory whose derivations are counted, and give this key. */
function watched(key: Buffer) {
  const memory = new DerivationMemory();
  const factors: number[] = [];
  memory.recall = (_salt, factor) => {
    factors.push(factor);
    return Promise.resolve(key);
  };
  return { memory, factors };
}

async function sealed() {
  const fileKey = randomBytes(16);
  const [stanza] = await passphraseRecipient(bytes, workFactor).wrapFileKey(fileKey);
  return { fileKey, stanza: stanza as Stanza };
}

describe('a stanza', () => {
  test('gives back the key that was wrapped in it', async () => {
    const { fileKey, stanza } = await sealed();
    expect(Buffer.from((await passphraseIdentity(bytes).unwrapFileKey([stanza])) ?? [])).toEqual(fileKey);
  });

  test('is not tried beside another one: whoever sealed the file to others too, anybody could be', async () => {
    const { stanza } = await sealed();
    const { memory, factors } = watched(Buffer.alloc(32));
    const other = new Stanza(['X25519', inBase64(randomBytes(32))], randomBytes(32));
    for (const stanzas of [
      [stanza, other],
      [other, stanza],
    ])
      await expect(passphraseIdentity(bytes, memory).unwrapFileKey(stanzas)).rejects.toThrow(
        'not the only one',
      );
    expect(factors).toEqual([]);
    expect(await passphraseIdentity(bytes, memory).unwrapFileKey([other])).toBeNull();
  });

  const salt = Buffer.alloc(16, 0xff);
  test.each<[string, string[], number]>([
    ['no work factor', ['scrypt', inBase64(salt)], 32],
    ['something after its work factor', ['scrypt', inBase64(salt), '2', '1'], 32],
    ['a padded salt', ['scrypt', salt.toString('base64'), '2'], 32],
    ['a salt with stray bits', ['scrypt', inBase64(salt).replace(/w$/, 'x'), '2'], 32],
    ['a shorter salt', ['scrypt', inBase64(salt.subarray(1)), '2'], 32],
    ['a longer salt', ['scrypt', inBase64(Buffer.alloc(17)), '2'], 32],
    ['a work factor of zero', ['scrypt', inBase64(salt), '0'], 32],
    ['a work factor with a zero before it', ['scrypt', inBase64(salt), '02'], 32],
    ['a work factor that is no number', ['scrypt', inBase64(salt), '2e1'], 32],
    ['a shorter body', ['scrypt', inBase64(salt), '2'], 31],
    ['a longer body', ['scrypt', inBase64(salt), '2'], 33],
  ])('with %s breaks the format, and nothing is derived', async (_, args, length) => {
    const { memory, factors } = watched(Buffer.alloc(32));
    const opened = passphraseIdentity(bytes, memory).unwrapFileKey([new Stanza(args, Buffer.alloc(length))]);
    await expect(opened).rejects.toThrow('invalid scrypt stanza');
    expect(factors).toEqual([]);
  });

  test('may ask for a GiB, and for no more', async () => {
    const { memory, factors } = watched(Buffer.alloc(32));
    const ask = (factor: string) =>
      passphraseIdentity(bytes, memory).unwrapFileKey([
        new Stanza(['scrypt', inBase64(salt), factor], Buffer.alloc(32)),
      ]);
    expect(await ask('20')).toBeNull();
    await expect(ask('21')).rejects.toThrow('work factor is too high');
    expect(factors).toEqual([20]);
  });
});

test('the key that was derived is wiped, whether it sealed, opened or did not open', async () => {
  const { stanza } = await sealed();
  const right = await derivations.derive(
    bytes,
    Buffer.concat([
      Buffer.from('age-encryption.org/v1/scrypt'),
      Buffer.from(stanza.args[1] as string, 'base64'),
    ]),
    { n: 2 ** workFactor, r: 8, p: 1 },
  );
  const wrong = randomBytes(32);
  const sealing = randomBytes(32);
  expect(await passphraseIdentity(bytes, watched(right).memory).unwrapFileKey([stanza])).not.toBeNull();
  expect(await passphraseIdentity(bytes, watched(wrong).memory).unwrapFileKey([stanza])).toBeNull();
  await passphraseRecipient(bytes, workFactor, watched(sealing).memory).wrapFileKey(randomBytes(16));
  for (const key of [right, wrong, sealing]) expect(key).toEqual(Buffer.alloc(32));
});

test('of a file to which wrong passphrases were given, the next one waits for another file’s, until the right one was given', async () => {
  const [one, other] = [await sealed(), await sealed()];
  const open = async ({ stanza }: typeof one, text: string) =>
    passphraseIdentity(Buffer.from(text)).unwrapFileKey([stanza]);
  for (let n = 0; n < 3; n++) expect(await open(one, `wrong ${n}`)).toBeNull();
  const order = async () => {
    const ended: string[] = [];
    await Promise.all([
      open(one, String(bytes)).then(() => ended.push('one')),
      open(other, String(bytes)).then(() => ended.push('other')),
    ]);
    return ended;
  };
  expect(await order()).toEqual(['other', 'one']);
  expect(await order()).toEqual(['one', 'other']);
});

test('what was derived at one cost is not taken for what is asked at another', async () => {
  using memory = new DerivationMemory();
  const recall = (factor: number) =>
    memory.recall(Buffer.from('one'), factor, async () => Buffer.from(`at ${factor}`));
  expect(String(await recall(10))).toBe('at 10');
  expect(String(await recall(11))).toBe('at 11');
});

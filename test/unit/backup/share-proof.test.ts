import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { sealText } from '#backup/age/age-file';
import { readHeldShare } from '#backup/shares/held-share';
import { type KeyShare, makeShares } from '#backup/shares/share-making';
import {
  answerText,
  answerWith,
  askShare,
  isAnswered,
  questionText,
  readAnswer,
  readQuestion,
  shareCheck,
} from '#backup/shares/share-proof';
import { readShare, type Share } from '#backup/shares/share-mnemonic';
import { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';

// A holder proves a share with a signature: the register knows the public half, and the share stays with its holder.

async function shares() {
  using key = new EncryptionKey(Buffer.alloc(32, 7));
  const made = await makeShares(key, { threshold: 2, holders: ['Ada', 'Bob', 'Carol'] });
  return made as [KeyShare, KeyShare, KeyShare];
}

interface Held {
  readonly share: Share;
  readonly check: string;
}

function read(words: readonly string[]): Share {
  const read = readShare(words.join(' '));
  if ('share' in read) return read.share;
  throw new Error(read.message);
}

describe('the check value of a share', () => {
  test('is the same each time it is derived, and differs between the shares of a set and between sets', async () => {
    const [first, second] = [await shares(), await shares()];
    const all = [...first, ...second];
    expect(all.map(({ words }) => shareCheck(read(words)))).toEqual(all.map(({ check }) => check));
    expect(new Set(all.map(({ check }) => check)).size).toBe(6);
  });

  test('changes with every field of the header, so that a share with other terms is another share', async () => {
    const [{ words, check }] = await shares();
    const share = read(words);
    const others = [
      { identifier: share.identifier ^ 1 },
      { isExtendable: !share.isExtendable },
      { iterationExponent: 1 },
      { groupIndex: 1 },
      { groupThreshold: 2 },
      { groupCount: 2 },
      { memberIndex: 1 },
      { memberThreshold: 3 },
      { value: Buffer.from(share.value).fill(1, 31) },
    ];
    const checks = others.map((other) => shareCheck({ ...share, ...other }));
    expect(new Set([check, ...checks]).size).toBe(10);
  });

  test('is the public half of an Ed25519 key that HKDF derives, as another implementation computes it', () => {
    // by python3-cryptography: HKDF(SHA256, 32, salt=b"4660 0 0 0 1 1 0 2", info=b"keel share proof 1") of bytes(range(32))
    const share = {
      ...{ identifier: 4660, isExtendable: false, iterationExponent: 0 },
      ...{ groupIndex: 0, groupThreshold: 1, groupCount: 1, memberIndex: 0, memberThreshold: 2 },
      value: Buffer.from(Array.from({ length: 32 }, (_, at) => at)),
    };
    expect(shareCheck(share)).toBe('_ywIRCWHXGYO2osM6H_Mg3OE_AjJEUXKUt979DT43nI');
  });
});

describe('an answer', () => {
  test('is right for its share and its question, and for no other', async () => {
    const [ada, bob] = (await shares()).map(({ words, check }) => ({ share: read(words), check })) as [
      Held,
      Held,
      Held,
    ];
    const place = { set: ada.share.setId, number: 1 };
    const [question, later] = [askShare(place), askShare(place)];
    const answer = answerWith(ada.share, question);
    if (!answer) throw new Error('no answer');
    expect(isAnswered(ada.check, question, answer)).toBe(true);
    expect(isAnswered(ada.check, later, answer)).toBe(false);
    expect(isAnswered(bob.check, question, answer)).toBe(false);
    for (const at of [0, 20, 84]) {
      const letters = answer.signature.split('');
      letters[at] = letters[at] === 'A' ? 'B' : 'A';
      expect(isAnswered(ada.check, question, { ...answer, signature: letters.join('') })).toBe(false);
    }
    expect(answerWith(bob.share, question)).toBeUndefined();
    expect(answerWith(ada.share, { ...question, set: '0000' })).toBeUndefined();
  });

  test('and its question are read back as mail and chat return them, and anything else is refused', async () => {
    const [{ words }] = await shares();
    const share = read(words);
    const question = askShare({ set: share.setId, number: 1 });
    const answer = answerWith(share, question);
    if (!answer) throw new Error('no answer');
    for (const shape of [
      (text: string) => text,
      (text: string) => ` ${text}\r\n`,
      (text: string) => text.replace(/.{30}/g, '$&\n'),
    ]) {
      expect(readQuestion(shape(questionText(question)))).toEqual(question);
      expect(readAnswer(shape(answerText(answer)))).toEqual(answer);
    }
    for (const text of [
      '',
      questionText(question).slice(0, -1),
      `${questionText(question)}x`,
      answerText(answer),
    ])
      expect(readQuestion(text)).toBeUndefined();
    for (const text of ['', answerText(answer).slice(0, -1), questionText(question)])
      expect(readAnswer(text)).toBeUndefined();
  });

  test('holds neither a word nor a byte of the share', async () => {
    const [{ words, check }] = await shares();
    const share = read(words);
    const answer = answerWith(share, askShare({ set: share.setId, number: 1 }));
    const told = Buffer.concat([
      Buffer.from(check, 'base64url'),
      Buffer.from(answer?.signature ?? '', 'base64url'),
    ]);
    for (let at = 0; at + 4 <= share.value.length; at++)
      expect(told.includes(share.value.subarray(at, at + 4))).toBe(false);
  });
});

describe('the share that a holder has', () => {
  test('is read in plain text and, with the identity, encrypted to its holder; what cannot be read says why', async () => {
    const [{ words }] = await shares();
    const identity = await generateX25519Identity();
    const line = words.join(' ');
    const sealed = await sealText(Buffer.from(line), { recipients: [await identityToRecipient(identity)] });
    using plain = new Secret(Buffer.from(line));
    using armored = new Secret(Buffer.from(sealed));
    using mine = new Secret(Buffer.from(identity));
    using other = new Secret(Buffer.from(await generateX25519Identity()));
    const held = async (text: Secret, identities?: Secret) => {
      const read = await readHeldShare({ text }, identities);
      return 'broken' in read ? read.broken.message : read.share.number;
    };
    expect(await held(plain)).toBe(1);
    expect(await held(armored, mine)).toBe(1);
    expect(await held(armored, other)).toBe('the identity does not decrypt it');
    expect(await held(armored)).toBe('it is encrypted, and no identity was given');
    using cut = new Secret(Buffer.from(words.slice(1).join(' ')));
    expect(await held(cut)).toContain('the first word is missing');
  });
});

test('a new set does not take the name of another one', async () => {
  using key = new EncryptionKey(Buffer.alloc(32, 7));
  const taken = Array.from({ length: 2 ** 15 }, (_, name) => name.toString(16).padStart(4, '0')).filter(
    (name) => !name.startsWith('0'),
  );
  const made = await Promise.all(
    Array.from({ length: 5 }, () => makeShares(key, { threshold: 2, holders: ['Ada', 'Bob'], taken })),
  );
  for (const [share] of made) expect(share?.setId).toMatch(/^0/);
});

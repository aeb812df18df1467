import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ageLibrary } from '#crypto/age-library';
import { openStream, sealStream, type StreamOpener } from '#crypto/age-stream';
import { KeelError } from '#errors/keel-error';
import { Secret } from '#crypto/secret';

async function* inPieces(data: Buffer, size: number, pieces: Uint8Array[] = []): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) {
    const piece = Buffer.from(data.subarray(at, at + size));
    pieces.push(piece);
    yield piece;
  }
}

async function whole(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

const plain = randomBytes(200_000);
const passphrase = () => ({ passphrase: new Secret(Buffer.from('correct horse battery')) });
const cheap = 2;

async function identities() {
  const { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } = await ageLibrary();
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return { encrypter, decrypter };
}

const sealed = () => whole(sealStream(inPieces(plain, 7_000), passphrase(), cheap));
const open = (bytes: Buffer, opener: StreamOpener = passphrase()) =>
  whole(openStream(inPieces(bytes, 5_000), opener));

describe('a stream that is sealed to a passphrase', () => {
  test('is an age file, which opens to what it was, and to nothing where a bit is not', async () => {
    const bytes = await sealed();
    expect(bytes.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt /);
    expect(await open(bytes)).toEqual(plain);
    const altered = Buffer.from(bytes);
    altered[bytes.length - 100]! ^= 1;
    await expect(open(altered)).rejects.toMatchObject({
      code: 'archive-unreadable',
      message: expect.stringContaining('truncated or altered'),
    });
    await expect(open(bytes.subarray(0, -40_000))).rejects.toMatchObject({ code: 'archive-unreadable' });
  });

  test('is refused under another passphrase, and told from what is no age file', async () => {
    const bytes = await sealed();
    await expect(open(bytes, { passphrase: new Secret(Buffer.from('another one')) })).rejects.toMatchObject({
      code: 'passphrase-wrong',
      message: expect.stringContaining('the passphrase does not decrypt it'),
    });
    await expect(open(Buffer.from('no age file'))).rejects.toMatchObject({
      code: 'archive-unreadable',
      message: expect.stringContaining('it is not an age file'),
    });
  });

  test('is refused without a passphrase, and said to be under one', async () => {
    await expect(open(await sealed(), { identities: [] })).rejects.toMatchObject({
      code: 'passphrase-wrong',
      message: expect.stringContaining('encrypted with a passphrase, not to a public key'),
    });
  });

  test('leaves no plaintext in the pieces that were given, however it ends', async () => {
    const pieces: Uint8Array[] = [];
    await whole(sealStream(inPieces(plain, 7_000, pieces), passphrase(), cheap));
    expect(pieces.length).toBeGreaterThan(20);
    expect(Buffer.concat(pieces).some((byte) => byte !== 0)).toBe(false);

    const broken: Uint8Array[] = [];
    for await (const _ of sealStream(inPieces(plain, 7_000, broken), passphrase(), cheap)) break;
    expect(Buffer.concat(broken).some((byte) => byte !== 0)).toBe(false);
  });

  test('passes on what the plaintext throws', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield randomBytes(10);
      throw new KeelError('connection-lost', 'the connection was lost', 'connect again');
    }
    await expect(whole(sealStream(failing(), passphrase(), cheap))).rejects.toMatchObject({
      code: 'connection-lost',
    });
  });
});

test('a file that is sealed to a public key is said to be so where a passphrase is given', async () => {
  const { encrypter } = await identities();
  const bytes = Buffer.from(await encrypter.encrypt(plain));
  await expect(open(bytes)).rejects.toMatchObject({
    code: 'passphrase-wrong',
    message: expect.stringContaining('encrypted to a public key, not with a passphrase'),
  });
  await expect(open(bytes, { identities: [] })).rejects.toMatchObject({
    code: 'passphrase-wrong',
    message: expect.stringContaining('none of these identities'),
  });
});

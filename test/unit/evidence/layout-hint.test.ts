import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hintInWords } from '#commands/proof/column-report';
import type { Segment } from '#crypto/cfb';
import { EncryptionKey } from '#crypto/encryption-key';
import { hintAtLayout } from '#evidence/layout-hint';
import { ciphertextReader } from '#forms/ciphertext';
import { parseLayout } from '#forms/layout';
import { decrypt, encrypt } from '#test/support/forms/foreign-cells';

const bytes = randomBytes(32);
const key = new EncryptionKey(bytes);
const secrets = Array.from(
  { length: 12 },
  (_, i) => `{"user":"app_${i}","password":"correct-horse-battery-${i}"}`,
);

/** Cells of another program that does something which the inventory does not say. */
const cells = (
  segment: Segment,
  join: (iv: Buffer, body: Buffer) => Buffer,
  texts: readonly string[] = secrets,
) =>
  texts.map((text) => {
    const { iv, body } = encrypt(bytes, segment, Buffer.from(text));
    return join(iv, body).toString('base64');
  });
const inFront = (iv: Buffer, body: Buffer) => Buffer.concat([iv, body]);
const atTheEnd = (iv: Buffer, body: Buffer) => Buffer.concat([body, iv]);
const elsewhere = (_iv: Buffer, body: Buffer) => Buffer.concat([randomBytes(16), body]);
const hint = async (line: string, texts: readonly string[], by = key) => {
  const layout = parseLayout(line);
  const reader = ciphertextReader(layout);
  const found = await hintAtLayout(
    layout,
    by,
    texts.flatMap((text) => reader.read(text) ?? []),
  );
  return found && hintInWords(found);
};

test('CFB8 and CFB128 agree on the first byte only', () => {
  const text = Buffer.from('correct-horse');
  const sealed = encrypt(bytes, 'cfb128', text);
  const read = decrypt(bytes, 'cfb8', sealed);
  expect(read[0]).toBe(text[0]);
  expect(read.subarray(1).equals(text.subarray(1))).toBe(false);
});

describe('values that the key does not open as they are listed', () => {
  test('are found to be CFB8, and the right layout is named', async () => {
    expect(await hint('base64', cells('cfb8', inFront))).toMatch(/as CFB8.*`base64 cfb8`/);
  });

  test('are found to be CFB128, and the right layout is named', async () => {
    expect(await hint('base64 cfb8', cells('cfb128', inFront))).toMatch(/as CFB128.*`base64`/);
  });

  test.for(['cfb128', 'cfb8'] as const)('are found to have their IV at the end (%s)', async (segment) => {
    const layout = segment === 'cfb8' ? 'base64 cfb8' : 'base64';
    expect(await hint(layout, cells(segment, atTheEnd))).toMatch(/IV at their end/);
  });

  test.for(['cfb128', 'cfb8'] as const)(
    'are found to be damaged in the first block only, so that the key is right and the IV stands elsewhere (%s)',
    async (segment) => {
      const layout = segment === 'cfb8' ? 'base64 cfb8' : 'base64';
      expect(await hint(layout, cells(segment, elsewhere))).toMatch(
        /first block is damaged: the key is right/,
      );
    },
  );

  test('are found so although some of them have no second block', async () => {
    const texts = [...secrets, ...secrets.slice(0, 8).map((_, i) => `short ${i}`)];
    expect(await hint('base64', cells('cfb128', elsewhere, texts))).toMatch(/first block/);
  });

  test('are hinted at by nothing, where the key is another one', async () => {
    const other = new EncryptionKey(randomBytes(32));
    for (const segment of ['cfb128', 'cfb8'] as const) {
      for (const join of [inFront, atTheEnd, elsewhere]) {
        expect(await hint('base64', cells(segment, join), other)).toBeUndefined();
      }
    }
  });

  test('are hinted at by nothing, where the key opens the second block of fewer than half of them', async () => {
    const others = randomBytes(32);
    const foreign = secrets.map((text) =>
      elsewhere(randomBytes(16), encrypt(others, 'cfb128', Buffer.from(text)).body).toString('base64'),
    );
    const own = cells('cfb128', elsewhere);
    expect(await hint('base64', [...own.slice(0, 4), ...foreign])).toBeUndefined();
    expect(await hint('base64', [...own, ...foreign.slice(0, 4)])).toMatch(/first block/);
  });

  test('are hinted at by nothing, where they are too short to have a second block', async () => {
    const short = secrets.map((_, i) => `pw-${i}`);
    expect(await hint('base64', cells('cfb128', elsewhere, short))).toBeUndefined();
  });

  test('are hinted at by nothing, where they are in no known form', async () => {
    expect(await hint('hex', cells('cfb128', inFront))).toBeUndefined();
    expect(await hint('base64', [])).toBeUndefined();
  });
});

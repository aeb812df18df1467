import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Segment } from '#crypto/cfb';
import { EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { ivBytes, openCiphertexts, sealCiphertexts } from '#forms/cipher';
import { type Ciphertext, ciphertextReader } from '#forms/ciphertext';
import { type Form, readEntry } from '#forms/entry';
import { parseLayout } from '#forms/layout';
import { applyEdits } from '#forms/leaf';
import { innerSecret } from '#forms/plaintext';
import { replaceValues } from '#forms/row-values';
import { type EntryPart, shapes, valuesIn } from '#test/support/forms/columns';
import * as foreign from '#test/support/forms/foreign-cells';
import { cipherKey, decrypt, encrypt, isDocument, pad, salts } from '#test/support/forms/foreign-cells';

/** How another program prepares a plaintext, and the words by which a layout says so. */
interface Variant {
  readonly name: string;
  readonly prefix?: string;
  readonly words?: string;
  readonly segment?: Segment;
  readonly prepare?: (secret: Buffer) => Buffer;
  readonly rawSecret?: boolean;
}

const inBase64 = (secret: Buffer) => Buffer.from(secret.toString('base64'));
const variants: readonly Variant[] = [
  { name: '' },
  { name: ' after a prefix', prefix: 'ENC:' },
  { name: ' after a prefix that is no ASCII', prefix: '🔒 v2:' },
  { name: ' in CFB8', words: ' cfb8', segment: 'cfb8' },
  { name: ' of padded plaintexts', words: ' pkcs7', prepare: pad },
  {
    name: ' of plaintexts padded by a byte in CFB8',
    words: ' cfb8 one-byte-padding',
    segment: 'cfb8',
    prepare: (secret) => Buffer.concat([secret, Buffer.of(1)]),
  },
  {
    name: ' of plaintexts padded with zeros',
    words: ' zero-padding',
    prepare: (secret) => Buffer.concat([secret, Buffer.alloc((16 - (secret.length % 16)) % 16)]),
  },
  { name: ' of plaintexts in base64', words: ' inner-base64', prepare: inBase64 },
  {
    name: ' of all of these',
    prefix: '<enc-v1>',
    words: ' cfb8 pkcs7 inner-base64',
    segment: 'cfb8',
    prepare: (secret) => pad(inBase64(secret)),
  },
  { name: ' under a key from the raw secret', words: ' raw-secret', rawSecret: true },
];

interface Case {
  readonly form: foreign.Form;
  readonly variant: Variant;
  readonly line: string;
}

const cases = foreign.forms.flatMap((form) =>
  variants
    .filter(({ rawSecret }) => !rawSecret || salts(form.layout))
    .filter(({ prefix }) => !prefix || !isDocument(form.layout))
    .map((variant): [string, Case] => {
      const { prefix, words = '' } = variant;
      const line = `${prefix ? `'${prefix}' ` : ''}${form.layout}${words}`;
      return [form.name + variant.name, { form, variant, line }];
    }),
);

function prepare({ variant: { prepare = (secret) => secret } }: Case, secret: Buffer): Buffer {
  return prepare(secret);
}

function foreignCell(one: Case, key: Buffer, secret: Buffer): Buffer {
  const { form, variant } = one;
  for (;;) {
    const salt = randomBytes(8);
    const under = cipherKey(key, form.layout, salt, variant.rawSecret);
    const cell = form.write({ salt, ...encrypt(under, variant.segment ?? 'cfb128', prepare(one, secret)) });
    const shown = form.shown?.test(cell.toString('latin1')) ?? true;
    if (shown) return Buffer.concat([Buffer.from(variant.prefix ?? ''), cell]);
  }
}

function valueIn({ form, line }: Case, cell: Buffer) {
  const [value] = valuesIn(cell, isDocument(form.layout) ? shapes.json : shapes.bytes, { layout: line });
  if (!value) throw new Error('no value in the cell');
  return { ...value, ciphertext: value.ciphertext as Ciphertext };
}

const readLine = (line: string): Form => {
  const place = { schema: 's', table: 't', column: 'c', kind: 'unknown' } as const;
  return readEntry({ ...place, layout: line });
};

const texts = ['', 'a', '123456789012345', '{"password":"p@ss \\"w\\" örd"}', '🐍🔑', 'x'.repeat(700)];

describe.for(cases)('cells in %s', ([, one]) => {
  const { form, variant, line } = one;
  const { layout } = readLine(line);
  // an empty leaf of a document is no ciphertext: nothing is encrypted in it
  const secrets = isDocument(form.layout)
    ? texts.filter((text) => prepare(one, Buffer.from(text)).length > 0)
    : texts;

  test('are opened, and sealed anew so that the other program opens them', async () => {
    using key = generateEncryptionKey();
    using toKey = generateEncryptionKey();
    const cells = secrets.map((text) => foreignCell(one, key.bytes, Buffer.from(text)));
    const values = cells.map((cell) => valueIn(one, cell));
    const ciphertexts = values.map(({ ciphertext }) => ciphertext);
    const { plaintexts } = await openCiphertexts(layout, key, ciphertexts);
    const found = plaintexts.map((plaintext) => innerSecret(layout, plaintext));
    expect(found.map((secret) => secret && Buffer.from(secret).toString())).toEqual(secrets);

    const edits = await sealCiphertexts(layout, toKey, ciphertexts, plaintexts);
    for (const [i, value] of values.entries()) {
      const cell = replaceValues(cells[i] as Buffer, 0, [{ value, edits: edits[i] ?? [] }]);
      const { iv, body, salt = Buffer.alloc(0) } = valueIn(one, cell).ciphertext;
      const before = value.ciphertext;
      if (isDocument(form.layout)) expect(iv).toEqual(before.iv);
      else expect(iv).not.toEqual(before.iv);
      if (salts(form.layout)) expect(salt).not.toEqual(before.salt);
      const parts = { iv: Buffer.from(iv as Uint8Array), body, salt };
      const prefixed = Buffer.concat([Buffer.from(variant.prefix ?? ''), form.write(parts)]);
      expect(cell.toString('latin1')).toBe(prefixed.toString('latin1'));
      const under = cipherKey(toKey.bytes, form.layout, salt, variant.rawSecret);
      expect(decrypt(under, layout.segment, parts)).toEqual(prepare(one, Buffer.from(secrets[i] ?? '')));
    }
  });
});

describe('sealing, reading and opening', () => {
  test('gives back the plaintext in every layout', async () => {
    const values = fc.array(fc.uint8Array({ minLength: 1, maxLength: 500 }), { maxLength: 5 });
    const pair = fc.uint8Array({ minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...cases), values, pair, async ([, one], values, bytes) => {
        using key = new EncryptionKey(Buffer.from(bytes));
        const { layout } = readLine(one.line);
        const cells = values.map((value) => foreignCell(one, key.bytes, Buffer.from(value)));
        const found = cells.map((cell) => valueIn(one, cell));
        const ciphertexts = found.map(({ ciphertext }) => ciphertext);
        const first = await openCiphertexts(layout, key, ciphertexts);
        const edits = await sealCiphertexts(layout, key, ciphertexts, first.plaintexts);
        const again = found.map((value, i) =>
          valueIn(one, replaceValues(cells[i] as Buffer, 0, [{ value, edits: edits[i] ?? [] }])),
        );
        const { plaintexts } = await openCiphertexts(
          layout,
          key,
          again.map(({ ciphertext }) => ciphertext),
        );
        expect(
          plaintexts.map((plaintext) => innerSecret(layout, plaintext) && Buffer.from(plaintext)),
        ).toEqual(values.map((value) => prepare(one, Buffer.from(value))));
      }),
    );
  });

  const [base64, grafana] = ['base64', "Grafana's base64"].map(
    (name) => (cases.find(([title]) => title === name) as [string, Case])[1],
  ) as [Case, Case];

  test.for([base64, grafana])('in $line never uses an IV or a salt twice', async (one) => {
    using key = generateEncryptionKey();
    const { layout, reader } = readLine(one.line);
    const cell = foreignCell(one, key.bytes, Buffer.from('same'));
    const many = Array.from({ length: 50 }, () => valueIn(one, cell).ciphertext);
    const edits = await sealCiphertexts(
      layout,
      key,
      many,
      many.map(() => Buffer.from('same')),
    );
    const fresh = edits.map((edit) => reader.read(applyEdits(cell.toString(), edit)) as Ciphertext);
    expect(new Set(fresh.map(({ iv }) => Buffer.from(iv as Uint8Array).toString('hex'))).size).toBe(50);
    if (one === grafana) expect(new Set(fresh.map(({ salt }) => salt?.toString('hex'))).size).toBe(50);
  });

  test.for([base64, grafana])('in $line leaves all plaintexts in one storage to wipe', async (one) => {
    using key = generateEncryptionKey();
    const { layout } = readLine(one.line);
    const secrets = ['first secret', 'second secret'];
    const ciphertexts = secrets.map(
      (text) => valueIn(one, foreignCell(one, key.bytes, Buffer.from(text))).ciphertext,
    );
    const { plaintexts, storage } = await openCiphertexts(layout, key, ciphertexts);
    expect(plaintexts.map((plaintext) => Buffer.from(plaintext).toString())).toEqual(secrets);
    storage.fill(0);
    expect(plaintexts.flatMap((plaintext) => [...plaintext]).every((byte) => byte === 0)).toBe(true);
  });

  test('finds no secret for nearly every wrong key where the layout has something to check', async () => {
    using key = generateEncryptionKey();
    using wrong = generateEncryptionKey();
    const one: Case = {
      ...base64,
      line: 'base64 pkcs7 inner-base64',
      variant: { name: '', prepare: (secret) => pad(inBase64(secret)) },
    };
    const { layout } = readLine(one.line);
    const ciphertexts = Array.from(
      { length: 50 },
      () => valueIn(one, foreignCell(one, key.bytes, Buffer.from('a secret of some length'))).ciphertext,
    );
    const { plaintexts } = await openCiphertexts(layout, wrong, ciphertexts);
    expect(plaintexts.filter((plaintext) => innerSecret(layout, plaintext))).toEqual([]);
  });
});

describe('an IV that is a part of the key', () => {
  const parts = {
    'key-start': (key: Buffer) => key.subarray(0, 16),
    'key-end': (key: Buffer) => key.subarray(16),
    'key-text-start': (key: Buffer) => Buffer.from(key.toString('base64').slice(0, 16)),
  } as const;

  test.for(['key-start', 'key-end', 'key-text-start'] as const)('%s changes with it', async (name) => {
    using from = generateEncryptionKey();
    using to = generateEncryptionKey();
    const layout = parseLayout('"{body base64}"');
    const seal = (key: Buffer) => encrypt(key, 'cfb128', Buffer.from('hunter2'), parts[name](key)).body;
    const ciphertext = ciphertextReader(layout).read(seal(from.bytes).toString('base64'), name) as Ciphertext;
    expect(Buffer.from(ivBytes(ciphertext.iv, from))).toEqual(parts[name](from.bytes));
    const { plaintexts } = await openCiphertexts(layout, from, [ciphertext]);
    expect(Buffer.from(plaintexts[0] ?? []).toString()).toBe('hunter2');
    const [edits] = await sealCiphertexts(layout, to, [ciphertext], plaintexts);
    expect(applyEdits('', edits ?? [])).toBe(seal(to.bytes).toString('base64'));
  });
});

test('an IV that stands apart is kept, and the body is sealed under it', async () => {
  using from = generateEncryptionKey();
  using to = generateEncryptionKey();
  const layout: EntryPart['layout'] = '"{body hex}"';
  const iv = randomBytes(16);
  const { body } = encrypt(from.bytes, 'cfb128', Buffer.from('hunter2'), iv);
  const reader = ciphertextReader(parseLayout(layout));
  const ciphertext = reader.read(body.toString('hex'), iv) as Ciphertext;
  const { plaintexts } = await openCiphertexts(parseLayout(layout), from, [ciphertext]);
  const [edits] = await sealCiphertexts(parseLayout(layout), to, [ciphertext], plaintexts);
  const fresh = encrypt(to.bytes, 'cfb128', Buffer.from('hunter2'), iv).body;
  expect(edits).toEqual([{ from: 0, to: 14, text: fresh.toString('hex') }]);
});

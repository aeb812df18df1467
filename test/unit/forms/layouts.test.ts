import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { segments } from '#crypto/cfb';
import { EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { type EnvelopeName, envelopes, type Opened } from '#crypto/envelopes';
import {
  defaultLayout,
  formatLayout,
  innerSecret,
  type Layout,
  openCells,
  parseLayout,
  readCell,
  sealCells,
} from '#crypto/layouts';
import { KeelError } from '#errors/keel-error';
import { cipherKey, decrypt, encrypt, type Form, forms, pad, salts } from '#test/unit/crypto/foreign-cells';

const anyLayout: fc.Arbitrary<Layout> = fc.record({
  prefix: fc.oneof(
    fc.constantFrom('', 'ENC:', '<enc-v1>', 'v2:', "it's ", "'"),
    fc.string({ unit: 'binary' }),
  ),
  envelope: fc.constantFrom(...(Object.keys(envelopes) as EnvelopeName[])),
  segment: fc.constantFrom(...segments),
  pkcs7: fc.boolean(),
  innerBase64: fc.boolean(),
  rawSecret: fc.boolean(),
});

describe('the one line that names a layout', () => {
  test('is read back as the same layout, whatever the layout', () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        expect(parseLayout(formatLayout(layout))).toEqual(layout);
      }),
      { numRuns: 1_000 },
    );
  });

  test.for([
    ['base64', defaultLayout],
    ['raw', { ...defaultLayout, envelope: 'raw' }],
    [
      "'ENC:' hex:base64 cfb8 pkcs7",
      { prefix: 'ENC:', envelope: 'hex:base64', segment: 'cfb8', pkcs7: true },
    ],
    ["'<enc-v1>' base64url inner-base64", { prefix: '<enc-v1>', envelope: 'base64url', innerBase64: true }],
    ["'o''clock ' hex", { prefix: "o'clock ", envelope: 'hex' }],
    ['grafana-raw raw-secret', { envelope: 'grafana-raw', rawSecret: true }],
  ] as const)('%j is read, and written the same', ([line, layout]) => {
    expect(parseLayout(line)).toEqual({ ...defaultLayout, ...layout });
    expect(formatLayout(parseLayout(line))).toBe(line);
  });

  test('has its modifiers in any order', () => {
    expect(parseLayout('hex inner-base64 pkcs7 cfb8')).toEqual(parseLayout('hex cfb8 pkcs7 inner-base64'));
  });

  test.for([
    ['', ''],
    ['base65', 'base65'],
    ['BASE64', 'BASE64'],
    ['cfb8', 'cfb8'],
    ['base64 cfb1', 'cfb1'],
    ['base64 hex', 'hex'],
    ['ENC: base64', 'ENC:'],
    ["'ENC: base64", "'ENC:"],
    ["'ENC:'", "'ENC:'"],
    ["'ENC:'base64", "'ENC:'base64"],
    ['toString', 'toString'],
    ['base64 constructor', 'constructor'],
    ['__proto__', '__proto__'],
  ] as const)('%j is refused, naming the word that is not known', ([line, word]) => {
    const refused = () => parseLayout(line);
    expect(refused).toThrow(KeelError);
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'layout-unknown',
        message: `the layout word \`${word}\` is not known`,
        remedy: expect.stringMatching(
          /base64url.*hex:base64.*grafana.*cfb8, pkcs7, inner-base64, raw-secret/,
        ),
      }),
    );
  });
});

const variants = [
  ['', {}],
  [' after a prefix', { prefix: 'ENC:' }],
  [' after a prefix that is no ASCII', { prefix: '🔒 v2:' }],
  [' in CFB8', { segment: 'cfb8' }],
  [' of padded plaintexts', { pkcs7: true }],
  [' of plaintexts in base64', { innerBase64: true }],
  [' of all of these', { prefix: '<enc-v1>', segment: 'cfb8', pkcs7: true, innerBase64: true }],
  [' under a key from the raw secret', { rawSecret: true }],
] as const satisfies readonly (readonly [string, Partial<Layout>])[];

const foreign = forms.flatMap((form) =>
  variants
    .filter(([, variant]) => !('rawSecret' in variant) || salts(form.envelope))
    .map(([name, variant]): [string, Form, Layout] => [
      form.name + name,
      form,
      { ...defaultLayout, envelope: form.envelope, ...variant },
    ]),
);

/** The bytes under the cipher, as another program prepares them. */
function prepare(layout: Layout, secret: Buffer): Buffer {
  const encoded = layout.innerBase64 ? Buffer.from(secret.toString('base64')) : secret;
  return layout.pkcs7 ? pad(encoded) : encoded;
}

function foreignCell(form: Form, layout: Layout, key: Buffer, secret: Buffer): Buffer {
  for (;;) {
    const salt = randomBytes(8);
    const under = cipherKey(key, layout.envelope, salt, layout.rawSecret);
    const cell = form.write({ salt, ...encrypt(under, layout.segment, prepare(layout, secret)) });
    const shown = form.shown?.test(cell.toString('latin1')) ?? true;
    if (shown) return Buffer.concat([Buffer.from(layout.prefix), cell]);
  }
}

const texts = ['', 'a', '123456789012345', '{"password":"p@ss \\"w\\" örd"}', '🐍🔑', 'x'.repeat(700)];

describe.for(foreign)('cells in %s', ([, form, layout]) => {
  test('are opened, and sealed anew so that the other program opens them', async () => {
    using key = generateEncryptionKey();
    using toKey = generateEncryptionKey();
    const cells = texts.map((text) => foreignCell(form, layout, key.bytes, Buffer.from(text)));
    const opened = cells.map((cell) => readCell(layout, cell) as Opened);
    const { plaintexts } = await openCells(layout, key, opened);
    const found = plaintexts.map((plaintext) => innerSecret(layout, plaintext));
    expect(found.map((secret) => secret && Buffer.from(secret).toString())).toEqual(texts);

    const rewritten = await sealCells(layout, toKey, opened, plaintexts);
    for (const [i, cell] of rewritten.entries()) {
      const { iv, body, salt = Buffer.alloc(0) } = readCell(layout, cell) as Opened;
      const before = opened[i] as Opened;
      expect(iv).not.toEqual(before.iv);
      if (salts(layout.envelope)) expect(salt).not.toEqual(before.salt);
      const prefixed = Buffer.concat([Buffer.from(layout.prefix), form.write({ iv, body, salt })]);
      expect(cell.toString('latin1')).toBe(prefixed.toString('latin1'));
      const under = cipherKey(toKey.bytes, layout.envelope, salt, layout.rawSecret);
      expect(decrypt(under, layout.segment, { iv, body })).toEqual(
        prepare(layout, Buffer.from(texts[i] ?? '')),
      );
    }
  });
});

describe('sealing, reading and opening', () => {
  test('gives back the plaintext in every layout', async () => {
    const values = fc.array(fc.uint8Array({ maxLength: 500 }), { maxLength: 5 });
    const pair = fc.uint8Array({ minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...foreign), values, pair, async ([, form, layout], values, bytes) => {
        using key = new EncryptionKey(Buffer.from(bytes));
        const cells = values.map((value) => foreignCell(form, layout, key.bytes, Buffer.from(value)));
        const opened = cells.map((cell) => readCell(layout, cell) as Opened);
        const first = await openCells(layout, key, opened);
        const again = (await sealCells(layout, key, opened, first.plaintexts)).map((cell) =>
          readCell(layout, cell),
        );
        const { plaintexts } = await openCells(layout, key, again as Opened[]);
        expect(
          plaintexts.map((plaintext) => innerSecret(layout, plaintext) && Buffer.from(plaintext)),
        ).toEqual(values.map((value) => prepare(layout, Buffer.from(value))));
      }),
    );
  });

  test.for(['base64', 'grafana'] as const)('in %s never uses an IV or a salt twice', async (envelope) => {
    using key = generateEncryptionKey();
    const layout = { ...defaultLayout, envelope };
    const form = forms.find((form) => form.envelope === envelope) as Form;
    const one = readCell(layout, foreignCell(form, layout, key.bytes, Buffer.from('same'))) as Opened;
    const many = Array.from({ length: 50 }, () => one);
    const cells = await sealCells(
      layout,
      key,
      many,
      many.map(() => Buffer.from('same')),
    );
    const fresh = cells.map((cell) => readCell(layout, cell) as Opened);
    expect(new Set(fresh.map(({ iv }) => iv.toString('hex'))).size).toBe(50);
    if (salts(envelope)) expect(new Set(fresh.map(({ salt }) => salt?.toString('hex'))).size).toBe(50);
  });

  test.for(['base64', 'grafana'] as const)(
    'in %s leaves all plaintexts in one storage to wipe',
    async (envelope) => {
      using key = generateEncryptionKey();
      const layout = { ...defaultLayout, envelope };
      const form = forms.find((form) => form.envelope === envelope) as Form;
      const cells = ['first secret', 'second secret'].map((text) =>
        readCell(layout, foreignCell(form, layout, key.bytes, Buffer.from(text))),
      );
      const { plaintexts, storage } = await openCells(layout, key, cells as Opened[]);
      expect(plaintexts.map((plaintext) => Buffer.from(plaintext).toString())).toEqual([
        'first secret',
        'second secret',
      ]);
      storage.fill(0);
      expect(plaintexts.flatMap((plaintext) => [...plaintext]).every((byte) => byte === 0)).toBe(true);
    },
  );
});

describe('a cell that does not have its layout', () => {
  test('is unreadable, whatever it holds', () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.string().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(anyLayout, content, fc.boolean(), (layout, content, prefixed) => {
        const cell = Buffer.concat([Buffer.from(prefixed ? layout.prefix : ''), content]);
        const opened = readCell(layout, cell);
        if (opened) expect(opened.iv).toHaveLength(16);
      }),
      { numRuns: 1_000 },
    );
  });

  test.for(['', 'EN', 'ENC:', 'enc:', ' ENC:'])('is unreadable after %j instead of its prefix', (prefix) => {
    const text = randomBytes(40).toString('base64');
    const layout = parseLayout("'ENC:' base64");
    expect(readCell(layout, Buffer.from(prefix + text)) !== undefined).toBe(prefix === 'ENC:');
    expect(readCell(layout, Buffer.from(prefix))).toBeUndefined();
  });
});

describe('the secret inside a plaintext', () => {
  const padded = parseLayout('base64 pkcs7');
  const inner = parseLayout('base64 inner-base64');

  test.for([
    ['nothing', ''],
    ['no whole block', '01'],
    ['padding of zero', '00'.repeat(16)],
    ['padding beyond a block', `${'00'.repeat(15)}11`.repeat(2)],
    ['unequal padding', `${'00'.repeat(13)}020303`],
  ] as const)('is none where PKCS#7 finds %s', ([, hex]) => {
    expect(innerSecret(padded, Buffer.from(hex, 'hex'))).toBeUndefined();
  });

  test.for(['not base64', 'YQ', 'YR==', 'YQ==\n', '\u00ff'])('is none where %j stands for base64', (text) => {
    expect(innerSecret(inner, Buffer.from(text, 'latin1'))).toBeUndefined();
  });

  test('is none for nearly every wrong key where the layout has something to check', async () => {
    using key = generateEncryptionKey();
    const layout = parseLayout('base64 pkcs7 inner-base64');
    const cells = Array.from({ length: 50 }, () =>
      readCell(
        layout,
        foreignCell(forms[0] as Form, layout, key.bytes, Buffer.from('a secret of some length')),
      ),
    );
    using wrong = generateEncryptionKey();
    const { plaintexts } = await openCells(layout, wrong, cells as Opened[]);
    expect(plaintexts.filter((plaintext) => innerSecret(layout, plaintext))).toEqual([]);
  });
});

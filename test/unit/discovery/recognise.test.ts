import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Segment } from '#crypto/cfb';
import { EncryptionKey } from '#crypto/encryption-key';
import { defaultLayout, formatLayout, parseLayout } from '#crypto/layouts';
import { matchingShapes, recogniseLayout } from '#evidence/recognise-layout';
import { cipherKey, encrypt, type Form, forms, pad } from '#test/unit/crypto/foreign-cells';

const bytes = randomBytes(32);
const key = new EncryptionKey(bytes);
const secrets = Array.from({ length: 8 }, (_, i) => `{"user":"app_${i}","password":"pässwörd-${i * 7919}"}`);

interface Manner {
  readonly segment?: Segment;
  readonly prefix?: string;
  readonly inner?: (text: Buffer) => Buffer;
  readonly rawSecret?: boolean;
  readonly texts?: readonly string[];
}

/** Cells as another program writes them. */
function cells(form: Form, manner: Manner = {}): Buffer[] {
  const {
    segment = 'cfb128',
    prefix = '',
    inner = (text) => text,
    rawSecret = false,
    texts = secrets,
  } = manner;
  return texts.map((text) => {
    const salt = randomBytes(8);
    const under = cipherKey(bytes, form.envelope, salt, rawSecret);
    const parts = encrypt(under, segment, inner(Buffer.from(text)));
    return Buffer.concat([Buffer.from(prefix), form.write({ ...parts, salt })]);
  });
}

/** With the name apart, for the titles. */
const named = (of: readonly Form[]) => of.map((form) => [form.name, form] as const);
const formNamed = (name: string) => forms.find((form) => form.name === name) as Form;
/** One of each kind: trying every layout on a form takes a while. */
const few = ['base64', 'raw bytes', 'hex:base64', '{iv, data} of JSON.stringify'].map(formNamed);
const base64Form = formNamed('base64');
const recognised = async (texts: readonly Buffer[], by = key) => {
  const found = await recogniseLayout(texts, by);
  return found && formatLayout(found.layout);
};

describe('a layout is recognised', () => {
  test.for(named(forms))('from values in the form of %s', async ([, form]) => {
    expect(await recognised(cells(form))).toBe(form.envelope);
  });

  test.for(named(few))('from values of CFB8 in the form of %s', async ([, form]) => {
    expect(await recognised(cells(form, { segment: 'cfb8' }))).toBe(`${form.envelope} cfb8`);
  });

  test.for([
    ['a prefix', { prefix: 'ENC:' }, "'ENC:' base64"],
    ['a prefix in brackets', { prefix: '<enc-v1>' }, "'<enc-v1>' base64"],
    ['a prefix with a version', { prefix: 'v2:' }, "'v2:' base64"],
    ['a quote in the prefix', { prefix: "o'c:" }, "'o''c:' base64"],
    ['padding', { inner: pad }, 'base64 pkcs7'],
    ['padding under CFB8', { inner: pad, segment: 'cfb8' }, 'base64 cfb8 pkcs7'],
    [
      'base64 inside',
      { inner: (text: Buffer) => Buffer.from(text.toString('base64')) },
      'base64 inner-base64',
    ],
    [
      'base64 inside under CFB8',
      { inner: (text: Buffer) => Buffer.from(text.toString('base64')), segment: 'cfb8' },
      'base64 cfb8 inner-base64',
    ],
  ] as const)('from values with %s', async ([, manner, layout]) => {
    expect(await recognised(cells(base64Form, manner))).toBe(layout);
  });

  test("from Grafana's values under the bytes of the key, not its text", async () => {
    expect(await recognised(cells(formNamed("Grafana's base64"), { rawSecret: true }))).toBe(
      'grafana raw-secret',
    );
  });

  test('although a third of the values are under another key, with the bits of those that open', async () => {
    const mixed = [
      ...cells(base64Form),
      ...Array.from({ length: 4 }, () => randomBytes(60).toString('base64')).map((text) => Buffer.from(text)),
    ];
    const found = await recogniseLayout(mixed, key);
    expect(found && formatLayout(found.layout)).toBe('base64');
    expect(found?.assay).toMatchObject({ rows: 12, proven: 8, contradicted: 4, verdict: 'mixed' });
  });

  test('with a few of the opened secrets, for telling their kind', async () => {
    const found = await recogniseLayout(cells(base64Form, { texts: [...secrets, ''] }), key);
    expect(found?.secrets.map((secret) => Buffer.from(secret).toString())).toEqual(secrets);
  });

  test('with the search paid for: seven bits for the combinations tried', async () => {
    const found = await recogniseLayout(cells(base64Form, { texts: ['correct-horse-battery-staple'] }), key);
    expect(found?.layout).toEqual(defaultLayout);
    const { ColumnAssay } = await import('#evidence/column-assay');
    const { judgeValue } = await import('#evidence/value-evidence');
    const assay = new ColumnAssay(defaultLayout);
    assay.add(judgeValue(defaultLayout, Buffer.from('correct-horse-battery-staple')), 28);
    expect(found?.assay.bits).toBeCloseTo(assay.result().bits - 7, 5);
  });
});

describe('no layout is recognised', () => {
  test.for(named(few))('under another key, in the form of %s', async ([, form]) => {
    const found = await recogniseLayout(cells(form), new EncryptionKey(randomBytes(32)));
    expect(found?.assay.verdict ?? 'wrong').toBe('wrong');
  });

  test.for([
    ['plain text', ['hello world', 'more words']],
    [
      'hashes of bcrypt',
      Array.from({ length: 9 }, () => `$2b$10$${randomBytes(40).toString('base64').slice(0, 53)}`),
    ],
    ['longer text', Array.from({ length: 9 }, (_, i) => `${i} meetings were held in the year ${1990 + i}`)],
    ['nothing', []],
  ] as const)('in %s', async ([, texts]) => {
    expect(await recognised(texts.map((text) => Buffer.from(text)))).toBeUndefined();
  });
});

describe('the forms that cells could have', () => {
  test('are those that at least a third of the cells have to the letter', () => {
    const hex = () => Buffer.from(randomBytes(40).toString('hex'));
    const other = Buffer.from('not a ciphertext !');
    const shapes = (...texts: Buffer[]) => matchingShapes(texts).map(formatLayout);
    expect(shapes(hex(), other, other)).toContain('hex');
    expect(shapes(hex(), other, other, other)).not.toContain('hex');
  });

  test('have a prefix only where the cells share it', () => {
    const prefixes = (texts: string[]) => [
      ...new Set(matchingShapes(texts.map((t) => Buffer.from(t))).map(({ prefix }) => prefix)),
    ];
    const body = () => randomBytes(40).toString('base64');
    expect(prefixes([`enc:${body()}`, `enc:${body()}`])).toContain('enc:');
    expect(prefixes([`enc:${body()}`, `one:${body()}`, `two:${body()}`, `six:${body()}`])).not.toContain(
      'enc:',
    );
    expect(parseLayout("'enc:' base64").prefix).toBe('enc:');
  });
});

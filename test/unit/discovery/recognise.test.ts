import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Segment } from '#crypto/cfb';
import { EncryptionKey } from '#crypto/encryption-key';
import { commonCandidates } from '#discovery/bodies';
import { likelyLayout } from '#discovery/examine-looks';
import { recognise } from '#discovery/recognise';
import { ColumnStatistics } from '#evidence/column-statistics';
import { judgeValue } from '#evidence/plaintexts/value-evidence';
import type { Ciphertext } from '#forms/ciphertext';
import { defaultLayout, formatLayout, parseLayout } from '#forms/layout';
import { formatTemplate } from '#forms/template';
import {
  cipherKey,
  encrypt,
  type Form,
  forms,
  isDocument,
  pad,
  salts,
} from '#test/support/forms/foreign-cells';
import { groupAt, groupsOf } from '#test/support/forms/text-groups';

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
    const under = cipherKey(bytes, form.layout, salt, rawSecret);
    const parts = encrypt(under, segment, inner(Buffer.from(text)));
    return Buffer.concat([Buffer.from(prefix), form.write({ ...parts, salt })]);
  });
}

/** With the name apart, for the titles. */
const named = (of: readonly Form[]) => of.map((form) => [form.name, form] as const);
const formNamed = (name: string) => forms.find((form) => form.name === name) as Form;
const whole = forms.filter(({ layout }) => !isDocument(layout));
/** One of each kind: trying every layout on a form takes a while. */
const few = ['base64', 'raw bytes', 'hex:base64', 'base32'].map(formNamed);
const base64Form = formNamed('base64');

/** What is recognised in a column of these cells: of bytes where its layout is raw. */
async function found(cells: readonly Buffer[], { by = key, raw = false } = {}) {
  const groups = groupsOf({ c: { shape: { kind: raw ? 'bytes' : 'text' }, cells } });
  const [group] = groups;
  return group ? (await recognise(group, groups, by)).form : undefined;
}

async function recognised(cells: readonly Buffer[], form: Form = base64Form, by = key) {
  const one = await found(cells, { by, raw: isRaw(form) });
  return one && formatLayout(one.layout);
}

const isRaw = ({ layout }: Form) => layout.endsWith('raw');

describe('a form is recognised', () => {
  test.for(named(whole))('from values in the form of %s', async ([, form]) => {
    expect(await recognised(cells(form), form)).toBe(form.layout);
  });

  test.for(named(few))('from values of CFB8 in the form of %s', async ([, form]) => {
    expect(await recognised(cells(form, { segment: 'cfb8' }), form)).toBe(`${form.layout} cfb8`);
  });

  test.for([
    ['a prefix', { prefix: 'ENC:' }, "'ENC:' base64"],
    ['a prefix in brackets', { prefix: '<enc-v1>' }, "'<enc-v1>' base64"],
    ['a prefix with a version', { prefix: 'v2:' }, "'v2:' base64"],
    ['a quote in the prefix', { prefix: "o'c:" }, "'o''c:' base64"],
    ['a prefix that is no ASCII', { prefix: '🔒é:' }, "'🔒é:' base64"],
    ['a prefix of digits', { prefix: 'v2' }, "'v2' base64"],
    ['padding', { inner: pad }, 'base64 pkcs7'],
    ['padding under CFB8', { inner: pad, segment: 'cfb8' }, 'base64 cfb8 pkcs7'],
    [
      'padding of one byte under CFB8',
      { inner: (text: Buffer) => Buffer.concat([text, Buffer.of(1)]), segment: 'cfb8' },
      'base64 cfb8 one-byte-padding',
    ],
    [
      'padding of zeros',
      { inner: (text: Buffer) => Buffer.concat([text, Buffer.alloc((16 - (text.length % 16)) % 16)]) },
      'base64 zero-padding',
    ],
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
    const texts = secrets.map((secret, i) => secret + ' '.repeat(i));
    expect(await recognised(cells(base64Form, { texts, ...manner }))).toBe(layout);
  });

  test("from Grafana's values under the bytes of the key, not its text", async () => {
    expect(await recognised(cells(formNamed("Grafana's base64"), { rawSecret: true }))).toBe(
      'grafana raw-secret',
    );
  });

  test('although a third of the values are under another key, with the bits of those that open', async () => {
    const noise = Array.from({ length: 4 }, () => Buffer.from(randomBytes(60).toString('base64')));
    const one = await found([...cells(base64Form), ...noise]);
    expect(one && formatLayout(one.layout)).toBe('base64');
    expect(one?.statistics).toMatchObject({ rows: 12, proven: 8, contradicted: 4, verdict: 'mixed' });
  });

  test('although only the last few of many values are under the key', async () => {
    const noise = Array.from({ length: 59 }, () => Buffer.from(randomBytes(60).toString('base64')));
    const one = await found([...noise, ...cells(base64Form).slice(0, 2)]);
    expect(one && formatLayout(one.layout)).toBe('base64');
    expect(one?.statistics).toMatchObject({ proven: 2, contradicted: 59 });
  });

  test('with a few of the opened secrets, for telling their kind', async () => {
    const one = await found(cells(base64Form, { texts: [...secrets, ''] }));
    expect(one?.secrets.map((secret) => Buffer.from(secret).toString())).toEqual(secrets);
  });

  test('from values too short for a second block, by their evidence together', async () => {
    const texts = Array.from({ length: 30 }, (_, i) => `pass-${i * 7919}`);
    const one = await found(cells(base64Form, { texts }));
    expect(one && formatLayout(one.layout)).toBe('base64');
    expect(one?.frame).toBe('assumed');
  });

  test('with copies of a value counted once', async () => {
    const all = cells(base64Form);
    const one = await found([...all, ...all, ...all]);
    expect(one?.statistics).toMatchObject({ rows: 8, proven: 8 });
  });

  test('with the search paid for: a bit for each doubling of the layouts tried', async () => {
    const secret = 'correct-horse-battery-staple';
    const one = await found(cells(base64Form, { texts: [secret] }));
    expect(one?.layout).toEqual(defaultLayout);
    const statistics = new ColumnStatistics(defaultLayout);
    const plaintext = Buffer.from(secret);
    const ciphertext = { iv: randomBytes(16), body: plaintext } as unknown as Ciphertext;
    statistics.add({ ciphertext, plaintext, evidence: judgeValue(defaultLayout, plaintext) });
    const cost = statistics.result().bits - (one?.statistics.bits ?? 0);
    expect(cost).toBeGreaterThanOrEqual(4);
    expect(cost).toBeLessThanOrEqual(10);
  });
});

describe('no form is recognised', () => {
  test.for(named(few))('under another key, in the form of %s', async ([, form]) => {
    const one = await found(cells(form), { by: new EncryptionKey(randomBytes(32)), raw: isRaw(form) });
    expect(one?.statistics.verdict ?? 'wrong').toBe('wrong');
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

describe('the layouts that short values could have', () => {
  test('have a prefix only where many of the values share it', () => {
    const written = (texts: string[]) =>
      commonCandidates(texts, true).map(({ template }) => formatTemplate(template));
    const body = () => randomBytes(40).toString('base64');
    const isPrefixed = (line: string) => line.startsWith('enc:');
    expect(written([`enc:${body()}`, `enc:${body()}`]).some(isPrefixed)).toBe(true);
    const others = ['one', 'two', 'six', 'ten', 'and', 'for', 'not', 'but', 'how'].map(
      (head) => `${head}:${body()}`,
    );
    expect(written([`enc:${body()}`, ...others]).some(isPrefixed)).toBe(false);
  });
});

describe('texts look encrypted without a key', () => {
  const likely = (
    column: readonly (string | Buffer)[],
    kind: 'text' | 'bytes' | 'json' = 'text',
    path?: string,
  ) => {
    const layout = likelyLayout(groupAt(groupsOf({ c: { shape: { kind }, cells: column } }), 'c', path));
    return layout && formatLayout(layout);
  };
  // salted ones look like the joined ones that they are, but for their length
  const plain = whole.filter(({ layout }) => !salts(layout));
  const texts = secrets.map((secret, i) => secret.padEnd(40 + i));

  test.for(named(plain))('in the form of %s', ([, form]) => {
    expect(likely(cells(form, { texts }), isRaw(form) ? 'bytes' : 'text')).toBe(form.layout);
  });

  test.for([
    ['{iv, data} of JSON.stringify', '$.data', 'base64'],
    ['{nonce, ct} over several lines', '$.ct', 'hex'],
  ] as const)('in the leaf of a document: %s', ([name, path, layout]) => {
    expect(likely(cells(formNamed(name), { texts }), 'json', path)).toBe(layout);
  });

  test('where at least a third of them have the layout to the letter', () => {
    const hex = () => Buffer.from(randomBytes(40 + Math.floor(Math.random() * 20)).toString('hex'));
    const sealed = Array.from({ length: 9 }, hex);
    expect(likely(sealed)).toBe('hex');
    expect(
      likely([...sealed, ...Array.from({ length: 20 }, (_, i) => `not a ciphertext ! ${i}`)]),
    ).toBeUndefined();
  });

  test('not where they are plain', () => {
    expect(likely(Array.from({ length: 9 }, (_, i) => `some words, number ${i}`))).toBeUndefined();
    expect(parseLayout("'enc:' base64").template[0]).toEqual({ literal: 'enc:' });
  });
});

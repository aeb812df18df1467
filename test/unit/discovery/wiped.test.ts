import { createCipheriv, createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { examineTable } from '#discovery/examine-table';
import type { Sample } from '#postgres/sample';
import { leftInMemory } from '#test/support/left-in-memory';
import { rows, token } from '#test/support/forms/sampled-frames';

// What a key decrypts of a sample is nowhere in memory after that, as far as it was in bytes, nor is the key.

const bytes = Buffer.from(Array.from({ length: 32 }, (_, at) => 7 * at + 1));
const base64 = bytes.toString('base64');
const address = (i: number) => `postgres://user_${i}:${token(i)}@db.example.com:5432/app`;
const document = (i: number) => JSON.stringify({ user: `app_${i}`, password: token(i) });

function seal(i: number, text: string, segment = 'cfb'): Buffer {
  const iv = createHash('md5').update(`iv ${i}`).digest();
  return Buffer.concat([iv, createCipheriv(`aes-256-${segment}`, bytes, iv).update(text)]);
}

function sampleOf(columns: Readonly<Record<string, (i: number) => string>>): Sample {
  const shown = Object.keys(columns).map((name) => ({
    name,
    shape: { kind: 'text' },
    generated: false,
  })) as unknown as Sample['columns'];
  const written = rows.map((i) => Object.values(columns).map((write) => Buffer.from(write(i))));
  return { columns: shown, rows: written, unread: [] };
}

const mac = (i: number, text: string) => createHash('sha256').update(seal(i, text)).digest('hex');
const kid = createHash('sha256').update(base64).digest('hex').slice(0, 8);

const samples: readonly (readonly [string, (i: number) => string, Record<string, (i: number) => string>])[] =
  [
    ['addresses', address, { c: (i) => seal(i, address(i)).toString('base64') }],
    ['documents in hex', document, { c: (i) => seal(i, document(i)).toString('hex') }],
    ['addresses in CFB8', address, { c: (i) => seal(i, address(i), 'cfb8').toString('base64') }],
    [
      'addresses with an ID of the key',
      address,
      { c: (i) => `${kid}:${seal(i, address(i)).toString('base64')}` },
    ],
    [
      'addresses beside a checksum',
      address,
      { c: (i) => seal(i, address(i)).toString('base64'), sum: (i) => mac(i, address(i)) },
    ],
    [
      'addresses with their IV in another column',
      address,
      {
        c: (i) => seal(i, address(i)).subarray(16).toString('base64'),
        iv: (i) => seal(i, address(i)).subarray(0, 16).toString('hex'),
      },
    ],
    [
      'addresses that were written in two ways',
      address,
      { c: (i) => seal(i, address(i)).toString(i % 2 === 0 ? 'hex' : 'base64') },
    ],
    [
      'addresses whose IV is nowhere',
      address,
      { c: (i) => seal(i, address(i)).subarray(16).toString('base64') },
    ],
  ];

/** Where `work`, which gets a key of its own, leaves the key, or what comes after the first block of these values. */
function left(texts: readonly string[], work: (key: EncryptionKey) => Promise<unknown>) {
  const keys = [bytes, bytes.subarray(0, 16), bytes.subarray(16), base64, bytes.toString('hex')];
  const values = texts.map((text) => Buffer.from(text).subarray(16, 48));
  return leftInMemory([...keys, ...values], async () => {
    using key = new EncryptionKey(Buffer.from(bytes));
    await work(key);
  });
}

const table = { schema: 'public', name: 't' };

test.for(samples)('discovery leaves neither key nor values: %s', async ([, text, columns]) => {
  const sample = sampleOf(columns);
  const look = async (key: EncryptionKey) => {
    const { candidates } = await examineTable(table, sample, key, []);
    const statuses = candidates.map(({ status }) => status);
    expect(statuses).toEqual(expect.arrayContaining([expect.stringMatching(/proven|unresolved/)]));
  };
  expect(await left(rows.map(text), look)).toEqual([]);
});

test('nor does it where it fails', async () => {
  const sample = sampleOf({ c: (i) => seal(i, address(i)).toString('base64') });
  const listed = [
    { schema: 'public', table: 't', column: 'c', layout: 'nonsense', kind: 'unknown' },
  ] as const;
  const fail = (key: EncryptionKey) => expect(examineTable(table, sample, key, listed)).rejects.toThrow();
  expect(await left(rows.map(address), fail)).toEqual([]);
});

import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { takeCensus } from '#census/census';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { createTestDatabase } from '#test/support/postgres/test-database';

/** Values of one document column under names that are ids, of which an inventory knows some. */

const word = (length: number) => randomBytes(16).toString('base64url').slice(0, length);
const rows = 24;
const isKnown = (i: number) => i % 4 !== 0;

type Seal = (plaintext: string, key: Buffer) => { readonly iv: Buffer; readonly body: Buffer };
const cfb8: Seal = (plaintext, key) => {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb8', key, iv);
  const length = 16 - (plaintext.length % 16);
  const padded = Buffer.concat([Buffer.from(plaintext), Buffer.alloc(length, length)]);
  return { iv, body: Buffer.concat([cipher.update(padded), cipher.final()]) };
};
const cfb: Seal = (plaintext, key) => {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return { iv, body: Buffer.concat([cipher.update(plaintext), cipher.final()]) };
};

const forms: Readonly<
  Record<
    string,
    { readonly layout: string; readonly seal: Seal; readonly write: (iv: Buffer, body: Buffer) => string }
  >
> = {
  'padded CFB8 with its IV after it': {
    layout: '"$1${body base64}.{iv hex};" cfb8 pkcs7',
    seal: cfb8,
    write: (iv, body) => `$1$${body.toString('base64')}.${iv.toString('hex')};`,
  },
  'plain CFB in one run': {
    layout: 'base64',
    seal: cfb,
    write: (iv, body) => Buffer.concat([iv, body]).toString('base64'),
  },
  'CFB in words of its own': {
    layout: '"v1.{iv base64}.{body base64}"',
    seal: cfb,
    write: (iv, body) => `v1.${iv.toString('base64')}.${body.toString('base64')}`,
  },
};

describe('a census of members that an inventory lists by their names finds those under other names', () => {
  test.for(Object.keys(forms))('%s, though each is too short to tell by itself', async (name) => {
    await using database = await createTestDatabase();
    const { layout, seal, write } = forms[name] as (typeof forms)[string];
    const bytes = randomBytes(32);
    const { client, url } = database;
    await client.query('CREATE TABLE accounts (id int PRIMARY KEY, data jsonb, note text)');
    for (let i = 0; i < rows; i++) {
      const { iv, body } = seal(isKnown(i) ? `a long one that shows the key ${i}` : word(6 + (i % 5)), bytes);
      const data = { [`acc-${i}`]: { size: 7, secret: write(iv, body) } };
      await client.query('INSERT INTO accounts VALUES ($1, $2, $3)', [i, data, `v1.${word(16)}.${word(8)}`]);
    }
    const known = [...Array(rows).keys()].filter(isKnown);
    const inventory = {
      version: 2 as const,
      columns: known.map((i) => ({
        ...{ schema: 'public', table: 'accounts', column: 'data', kind: 'unknown' as const },
        ...{ path: `$["acc-${i}"].secret`, layout },
      })),
    };
    const session = await connect(parseDatabaseUrl(url), { applicationName: 'keel census test' });
    using key = new EncryptionKey(bytes);
    const { places } = await takeCensus(session, { keys: [key], inventory }).finally(() => session.end());
    const beside = places.filter(({ inInventory }) => !inInventory);
    expect(beside.map(({ table, column }) => [table, column])).toEqual([['accounts', 'data']]);
  });

  test('and no plain texts beside them', async () => {
    await using database = await createTestDatabase();
    const bytes = randomBytes(32);
    const { client, url } = database;
    await client.query('CREATE TABLE accounts (id int PRIMARY KEY, data jsonb)');
    for (let i = 0; i < 60; i++) {
      const { iv, body } = cfb(`a long one that shows the key ${i}`, bytes);
      const secret = Buffer.concat([iv, body]).toString('base64');
      const data = { secret, [`etag-${i}`]: randomBytes(20 + (i % 8)).toString('base64'), name: `row ${i}` };
      await client.query('INSERT INTO accounts VALUES ($1, $2)', [i, data]);
    }
    const entry = { schema: 'public', table: 'accounts', column: 'data', kind: 'unknown' as const };
    const inventory = { version: 2 as const, columns: [{ ...entry, path: '$.secret', layout: 'base64' }] };
    const session = await connect(parseDatabaseUrl(url), { applicationName: 'keel census test' });
    using key = new EncryptionKey(bytes);
    const { places } = await takeCensus(session, { keys: [key], inventory }).finally(() => session.end());
    expect(places.filter(({ inInventory }) => !inInventory)).toEqual([]);
  });
});

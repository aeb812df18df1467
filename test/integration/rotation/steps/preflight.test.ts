import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import type { Finding } from '#rewrite/finding';
import { base64 } from '#test/support/databases/foreign-database';
import { type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';

// What is looked at before anything is written.

const codes = (findings: readonly Finding[], level: Finding['level']) =>
  findings.filter((finding) => finding.level === level).map(({ code }) => code);
const both = ({ keys }: RotatedRows) => ({ ...keys, toMayBePresent: false, inDoubt: 'stop' as const });

test('a database of which nothing speaks against a rotation has no stop but who else is connected', async () => {
  await using rows = await rowsToRotate();
  const findings = await rows.look();
  expect(codes(findings, 'stop')).toEqual(['other-sessions']);
  expect(codes(findings, 'pass')).toEqual(expect.arrayContaining(['old-key', 'staging', 'journal']));
  const accepted = await rows.look({ accepted: ['other-sessions'] });
  expect(codes(accepted, 'stop')).toEqual([]);
  expect(await rows.keelTables()).toBeUndefined();
});

test('a key that opens nothing is a wrong one', async () => {
  await using rows = await rowsToRotate();
  using from = new EncryptionKey(randomBytes(32));
  const findings = await rows.look({ keys: { ...both(rows), from } });
  expect(findings.find(({ code }) => code === 'key-wrong')).toMatchObject({
    level: 'stop',
    message: expect.stringContaining(`${from.fingerprint} does not decrypt these columns`),
  });
});

test('a rotation that was done is told from a wrong key', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  const findings = await rows.look();
  expect(findings.find(({ level }) => level === 'stop')).toMatchObject({
    code: 'already-rotated',
    message: expect.stringContaining('already decrypts 20 values'),
  });
});

test('values that are written otherwise than the inventory says are told from a wrong key', async () => {
  await using rows = await rowsToRotate();
  await rows.database.client.query(`UPDATE vault SET s = encode(decode(s, 'base64'), 'hex')`);
  const stops = codes(await rows.look(), 'stop');
  expect(stops.some((code) => code === 'layout' || code === 'key-wrong')).toBe(true);
  expect(stops).not.toContain('old-key');
});

test('values that do not open stop it, with their number, until their column is excluded', async () => {
  await using rows = await rowsToRotate();
  const { client } = rows.database;
  await client.query(`UPDATE vault SET s = encode(sha512(id::text::bytea), 'base64') WHERE id <= 3`);
  expect((await rows.look()).find(({ code }) => code === 'key-mixed')).toMatchObject({
    level: 'stop',
    message: expect.stringContaining('3 of 20 sampled values'),
    column: 'vault.s',
  });
  expect(codes(await rows.look({ excluded: ['vault.s'] }), 'stop')).not.toContain('key-mixed');
});

test('values that are too short to tell stop it, unless the admin vouches for them', async () => {
  await using rows = await rowsToRotate();
  await rows.database.client.query('INSERT INTO vault VALUES (21, $1)', [base64('a', rows.keys.from.bytes)]);
  const found = codes(await rows.look(), 'stop');
  const vouched = await rows.look({ keys: { ...both(rows), inDoubt: 'rewrite' as const } });
  expect(found).toContain('too-short');
  expect(codes(vouched, 'stop')).not.toContain('too-short');
});

test('columns without a value are no reason to stop, and no proof', async () => {
  await using rows = await rowsToRotate();
  await rows.database.client.query('UPDATE vault SET s = NULL');
  const findings = await rows.look();
  expect(findings.find(({ code }) => code === 'old-key')).toMatchObject({
    level: 'pass',
    message: expect.stringContaining('no encrypted values'),
  });
});

test.each([true, false])('a column beside the inventory stops it (in samples: %o)', async (sampled) => {
  await using rows = await rowsToRotate('CREATE TABLE other (id int PRIMARY KEY, copy text)');
  for (let id = 1; id <= 10; id++)
    await rows.database.client.query('INSERT INTO other VALUES ($1, $2)', [
      id,
      base64(`{"password": "another number ${id}"}`, rows.keys.from.bytes),
    ]);
  const found = (await rows.look({ sampled })).find(({ code }) => code === 'unlisted-columns');
  expect(found).toMatchObject({ level: 'stop', message: expect.stringContaining('other.copy') });
  if (sampled) return;
  const left = await rows.look({ sampled, left: ['public.other.copy'] });
  expect(codes(left, 'stop')).not.toContain('unlisted-columns');
  expect(codes(left, 'warn')).toContain('left-under-old-key');
});

import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openFaultLog } from '#audit/fault-log';
import { redact } from '#audit/redact';
import { test } from '#test/support/temp-folder';

const key = Buffer.alloc(32, 0xb7).toString('base64');

describe('what looks like a secret', () => {
  test.for([
    [`the key ${key} failed`, 'the key [redacted] failed'],
    [`"${key.replace('=', '')}"`, '"[redacted]"'],
    [Buffer.alloc(32, 0xb7).toString('base64url'), '[redacted]'],
    [Buffer.alloc(32, 0xb7).toString('hex'), '[redacted]'],
    ['postgres://ann:hunter2@db:5432/x', 'postgres://ann:[redacted]@db:5432/x'],
    ['postgres://ann:hunt:er@2@db/x', 'postgres://ann:[redacted]@db/x'],
    ['ENCRYPTION_KEY=abc', 'ENCRYPTION_KEY=[redacted]'],
    ['export PGPASSWORD="two words" then', 'export PGPASSWORD=[redacted] then'],
    ['{"client_secret": "abc", "n": 1}', '{"client_secret": [redacted], "n": 1}'],
    ['password: hunter2', 'password: [redacted]'],
    ['{ token: abc, n: 1 }', '{ token: [redacted], n: 1 }'],
    ['sslkey=/a/b and more', 'sslkey=[redacted] and more'],
    ['?user=ann&password=hunter2&sslmode=require', '?user=ann&password=[redacted]&sslmode=require'],
    [`bk_${'a1'.repeat(16)}`, '[redacted]'],
    ['-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- on', '[redacted] on'],
  ] as const)('is taken out of %j', ([text, expected]) => {
    expect(redact(text)).toBe(expected);
  });

  test.for([
    'Error: no such table at open (src-main/postgres/connect.ts:40:11)',
    'fingerprint 8cae-a7a9-782e-a0a5, operation 0b1f0a52-7a0e-4c53-9d3e-111111111111',
    'postgres://ann@db:5432/x',
    'keys.reveal: no gesture was held',
    'wrong lock passphrase: wait 2 s, then try again',
    'TypeError: keyRing.load is not a function',
  ])('is not taken for one: %s', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('the fault log', () => {
  test('keeps id, name, message, stack and cause, redacted', async ({ folder }) => {
    const log = openFaultLog(join(folder, 'home'), () => new Date('2026-01-02T03:04:05Z'));
    const cause = Object.assign(new Error('PASSWORD=hunter2'), { detail: 'Key (x)=(a row)' });
    await log.record('the-id', new TypeError(`no ${key}`, { cause }));
    const text = await readFile(log.path, 'utf8');
    const entry = JSON.parse(text);
    expect(entry).toMatchObject({
      at: '2026-01-02T03:04:05.000Z',
      id: 'the-id',
      name: 'TypeError',
      message: 'no [redacted]',
      stack: expect.stringMatching(
        /^TypeError: no \[redacted\]\n {4}at [\s\S]*caused by Error: PASSWORD=\[redacted\]\n {4}at /,
      ),
    });
    for (const secret of [key, 'hunter2', 'a row']) expect(text).not.toContain(secret);
    if (process.platform !== 'win32') expect((await stat(log.path)).mode & 0o777).toBe(0o600);
  });

  test('keeps nothing of what is thrown but is no error', async ({ folder }) => {
    const log = openFaultLog(folder);
    await log.record('x', { password: 'hunter2' });
    expect(JSON.parse(await readFile(log.path, 'utf8'))).toMatchObject({ id: 'x', name: 'object' });
    expect(await readFile(log.path, 'utf8')).not.toContain('hunter2');
  });

  test('starts anew at a megabyte and keeps the one before', async ({ folder }) => {
    const log = openFaultLog(folder);
    await writeFile(log.path, 'x'.repeat(999_950));
    await Promise.all(['a', 'b', 'c'].map((id) => log.record(id, new Error(id))));
    const lines = (await readFile(log.path, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(['a', 'b', 'c']);
    expect((await stat(join(folder, 'faults.1.jsonl'))).size).toBe(999_950);
  });

  test('cuts what is endless', async ({ folder }) => {
    const log = openFaultLog(folder);
    await log.record('x', new Error('long '.repeat(1_000_000)));
    expect((await stat(log.path)).size).toBeLessThan(20_000);
  });

  test('keeps the first of a flood', async ({ folder }) => {
    const log = openFaultLog(folder);
    await Promise.all(Array.from({ length: 5_000 }, (_, n) => log.record(`${n}`, new Error('again'))));
    const lines = (await readFile(log.path, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(Array.from({ length: 100 }, (_, n) => `${n}`));
    await log.record('later', new Error('another'));
    expect(await readFile(log.path, 'utf8')).toContain('"later"');
  });

  test('never throws, also where it cannot be written', async ({ folder }) => {
    await writeFile(join(folder, 'file'), '');
    await expect(openFaultLog(join(folder, 'file')).record('x', new Error('x'))).resolves.toBeUndefined();
  });
});

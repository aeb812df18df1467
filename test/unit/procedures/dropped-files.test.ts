import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppEvent } from '#contract/app';
import { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { sealKey } from '#backup/age/age-file';
import { writeRecoveryWords } from '#backup/clear-artefact';
import { createChosenFiles } from '#procedures/chosen-files';
import { createConsentGate, type Question } from '#procedures/consent/consent';
import { contentOfFile } from '#procedures/dropped/content-of-file';
import { createDroppedFiles } from '#procedures/dropped/dropped-files';

let folder: string;
const at = (name: string) => join(folder, name);
const notes = { environment: 'Acme', createdAt: new Date() };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keel-dropped-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The content of a file of that text. */
async function contentOf(text: string | Uint8Array) {
  const path = at(randomBytes(8).toString('hex'));
  await writeFile(path, text);
  return contentOfFile(path);
}

test('a file is told by its content, and nothing that could be secret is told', async () => {
  const key = randomBytes(32).toString('base64');
  expect(await contentOf(`# n8n\nN8N_HOST=a\nexport N8N_ENCRYPTION_KEY=${key}\n`)).toEqual({
    is: 'settings',
    sets: ['N8N_ENCRYPTION_KEY'],
  });
  expect(await contentOf('LOG_LEVEL=info\n')).toEqual({ is: 'settings', sets: [] });
  expect(await contentOf(`${key}\n`)).toEqual({ is: 'key', characters: 44 });
  expect(await contentOf('# created by age-keygen\nAGE-SECRET-KEY-1QQ\n')).toEqual({ is: 'identity' });
  expect(await contentOf('-----BEGIN PRIVATE KEY-----\nAAAA\n')).toEqual({ is: 'private-key' });
  expect(await contentOf('{"version":1,"columns":[]}')).toEqual({ is: 'inventory', columns: 0 });
  expect(await contentOf('--\n-- PostgreSQL database dump\n--\n')).toEqual({ is: 'dump' });
  expect(await contentOf('a letter to somebody\nabout nothing in particular\n')).toEqual({ is: 'unknown' });
  expect(await contentOf(randomBytes(500))).toEqual({ is: 'unknown' });
  expect(await contentOf('')).toEqual({ is: 'unknown' });
});

test('a backup is told by what opens it, and words by the words', async () => {
  using key = new EncryptionKey(randomBytes(32));
  using passphrase = new Secret(Buffer.from('five words of a passphrase'));
  expect(await contentOf(await sealKey(key, { passphrase }, notes))).toEqual({
    is: 'age-file',
    opensBy: 'passphrase',
  });
  await writeRecoveryWords(at('words.txt'), key, notes);
  expect(await contentOfFile(at('words.txt'))).toEqual({ is: 'words' });
});

test('a certificate is told with its names and dates, an expired one as such', async () => {
  const fixture = (name: string) => join(import.meta.dirname, '../../fixtures/tls', name);
  expect(await contentOfFile(fixture('ca.crt'))).toMatchObject({
    is: 'certificates',
    certificates: [{ isAuthority: true, isExpired: false }],
  });
  expect(await contentOfFile(fixture('expired.crt'))).toMatchObject({
    certificates: [{ isAuthority: false, isExpired: true }],
  });
});

test('a file that is too large is not read, but a large dump is told, and what is no file has its reason', async () => {
  await writeFile(at('large'), '');
  await truncate(at('large'), 3 << 20);
  expect(await contentOfFile(at('large'))).toEqual({ is: 'too-large', bytes: 3 << 20, limit: 1 << 20 });
  await writeFile(at('dump'), 'PGDMP');
  await truncate(at('dump'), 3 << 20);
  expect(await contentOfFile(at('dump'))).toEqual({ is: 'dump' });
  expect(await contentOfFile(folder)).toMatchObject({ is: 'unread' });
  expect(await contentOfFile(at('missing'))).toMatchObject({ is: 'unread' });
});

/** The way of a drop to main, with an admin who answers as told. */
function desk(agrees: boolean) {
  const asked: Question[] = [];
  const events: AppEvent[] = [];
  const refused: string[] = [];
  const chosen = createChosenFiles();
  let now = 0;
  let locked = false;
  const consents = createConsentGate({
    ask: async (question) => {
      asked.push(question);
      now += 1000;
      return agrees;
    },
    presses: () => 0,
    assertOpen: () => {},
    now: () => now,
  });
  const drop = createDroppedFiles({
    chosen,
    consents,
    noteRefusal: (what, why) => void refused.push(`${what}: ${why}`),
    faults: {
      record: (_, error) => {
        throw error;
      },
    },
    lock: { isLocked: () => locked },
    emit: (event) => void events.push(event),
  });
  return { asked, events, refused, chosen, drop, lock: () => (locked = true) };
}

test('a path is opened only after the admin agreed to it, by its full name, and then for what its content fits', async () => {
  const path = at('.env');
  await writeFile(path, 'ENCRYPTION_KEY=x\n');
  const { asked, events, chosen, drop } = desk(true);
  await drop([path]);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.detail).toContain(path);
  expect(events).toEqual([
    { kind: 'file-dropped', file: { path, content: { is: 'settings', sets: ['ENCRYPTION_KEY'] } } },
  ]);
  expect(() => chosen.assertChosen(path, 'open-env')).not.toThrow();
  for (const purpose of ['open-age', 'open-certificate', 'save-age', 'open-connection'] as const)
    expect(() => chosen.assertChosen(path, purpose)).toThrow('another purpose');
});

test('without a yes the file is not read, the page hears nothing, and the next drop says why it was not asked about', async () => {
  const path = at('unread');
  await symlink('/etc/passwd', path);
  const { events, chosen, drop, refused } = desk(false);
  await drop([path]);
  expect(events).toEqual([]);
  expect(refused).toEqual(['dropped file: the admin did not agree']);
  for (const purpose of ['open-env', 'open-handoff', 'open-age'] as const)
    expect(() => chosen.assertChosen(path, purpose)).toThrow('not chosen');
  await drop([path]);
  expect(events).toMatchObject([{ kind: 'drop-refused', error: { code: 'confirmation-missing' } }]);
});

test('what no preload sends, several files, and a drop on a locked app ask nothing', async () => {
  const { asked, events, drop, refused, lock } = desk(true);
  for (const sent of [undefined, 'x', [], [''], ['relative'], [1], [`/${'x'.repeat(5000)}`]])
    await drop(sent);
  expect(refused).toHaveLength(7);
  await drop([at('one'), at('two')]);
  expect(events).toEqual([{ kind: 'files-dropped', count: 2 }]);
  await copyFile(import.meta.filename, at('one'));
  lock();
  await drop([at('one')]);
  expect(asked).toEqual([]);
});

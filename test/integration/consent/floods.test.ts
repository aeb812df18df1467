import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { activeEnvironment } from '#test/support/consent/active-environment';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';

test('codes that accept no reason at hand are neither asked about nor noted, however many there are', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const source = { kind: 'typed', text: randomBytes(32).toString('base64') } as const;
  const { fingerprint } = await window.must('keys.adopt', { environment, source });
  const { keys } = await window.must('keyring.memory', { environment });
  const reasons = keys.find((key) => key.fingerprint === fingerprint)?.reasons ?? [];
  const real = reasons.map(({ accept }) => accept);
  expect(real).toContain('never-used');
  const invented = Array.from({ length: 300 }, (_, n) => `no-census=invented ${n}`);
  const accepted = [...invented, ...real];
  await window.must('keyring.destroy', { environment, fingerprint, accepted });
  const { detail = '' } = window.desk.questions.at(-1) ?? {};
  expect(detail).toContain('another deployment, or an older dump, may be encrypted with it');
  expect(detail).not.toContain('invented');
  const { entries } = await window.must('activity.list', { environment, limit: 10 });
  expect(JSON.stringify(entries)).not.toContain('invented');
});

test('a destination that is not listed cannot be forgotten, so the log does not say that it was', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const target = {
    kind: 'env-file',
    path: join(window.home, 'never listed.env'),
    variable: 'ENCRYPTION_KEY',
  } as const;
  expect(await window.call('handoff.forgetTarget', { environment, target })).toMatchObject({
    ok: false,
    error: { code: 'usage' },
  });
  const { entries } = await window.must('activity.list', { environment, limit: 50 });
  expect(JSON.stringify(entries)).not.toContain('never listed');
});

test('a page that confirms a hand-off thousands of times while nothing was rotated leaves no entry, and quitting ends', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const flood = Array.from({ length: 2500 }, () => window.call('handoff.confirm', { environment }));
  const sessions = Array.from({ length: 400 }, () => window.call('rotation.sessions', { environment }));
  const answers = await Promise.all([...flood, ...sessions]);
  expect(answers.filter(({ ok }) => !ok).length).toBeGreaterThanOrEqual(2900 - 64);
  const { entries } = await window.must('activity.list', { environment, limit: 100 });
  expect(entries.filter(({ action }) => action === 'key handed off')).toEqual([]);
  await window.close();
});

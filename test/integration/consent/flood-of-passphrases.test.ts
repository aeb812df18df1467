import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addAcme, passphrase } from '#test/support/consent/acme-environment';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';

test('a page that tries many passphrases at once gets a few tried, and the admin’s own works afterwards', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await addAcme(window, database);
  await window.must('keys.generate', { environment });
  const path = join(window.home, 'environments', environment, 'secrets.sealed');
  const codesOf = async (calls: readonly Promise<{ ok: boolean; error?: { code: string } }>[]) => {
    const codes = (await Promise.all(calls)).map((one) => one.error?.code ?? 'ok');
    return { tried: codes.filter((code) => code !== 'request-refused').length, codes: new Set(codes) };
  };
  const unlocks = await codesOf(
    Array.from({ length: 40 }, (_, n) =>
      window.call('environments.unlock', { environment, passphrase: `wrong ${n}` } as never),
    ) as never,
  );
  expect(unlocks.codes).toEqual(new Set(['store-locked', 'request-refused']));
  expect(unlocks.tried).toBeLessThanOrEqual(8);
  window.desk.nextFile = path;
  await window.must('files.choose', { purpose: 'open-age' });
  const adopted = await codesOf(
    Array.from({ length: 40 }, (_, n) =>
      window.call('keys.adopt', {
        environment,
        source: { kind: 'artefact', from: { from: 'file', path, passphrase: `wrong ${n}` } },
      }),
    ) as never,
  );
  expect(adopted.codes).toContain('request-refused');
  expect(adopted.codes).toContain('key-file-unreadable');
  expect(adopted.tried).toBeLessThanOrEqual(8);
  await window.must('environments.unlock', { environment, passphrase });
});

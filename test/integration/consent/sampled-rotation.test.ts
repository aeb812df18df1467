import { join } from 'node:path';
import { expect, test } from 'vitest';
import { activeEnvironment } from '#test/support/consent/active-environment';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';

const passphrase = 'five random words for a test';
const said =
  'Only samples were checked before it: values outside the inventory may stay encrypted with the old key.';

test('a rotation that reads samples only is asked for as one, and only after a rehearsal that did the same', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const generated = await window.must('keys.generate', { environment });
  window.desk.nextFile = join(window.home, 'new.age');
  const { path = '' } = await window.must('files.choose', { purpose: 'save-age', ...generated });
  const artefact = { form: 'passphrase', path, passphrase: { typed: passphrase } } as const;
  await window.must('backup.create', { environment, ...generated, artefact });
  const from = { from: 'file', path, passphrase } as const;
  await window.must('backup.drill', { environment, ...generated, from });

  const whole = { environment, excluded: [], accepted: ['other-sessions'] };
  const sampled = { ...whole, sampled: true };
  window.desk.agrees = false;
  await window.must('rotation.rehearse', whole);
  expect(await window.run('rotation.rotate', sampled)).toMatchObject({
    error: { code: 'rehearsal-missing' },
  });
  expect(await window.run('rotation.rotate', whole)).toMatchObject({ error: { code: 'cancelled' } });
  expect(window.desk.questions.at(-1)?.detail).not.toContain('samples');
  await window.must('rotation.rehearse', sampled);
  expect(await window.run('rotation.rotate', whole)).toMatchObject({ error: { code: 'rehearsal-missing' } });
  expect(await window.run('rotation.rotate', sampled)).toMatchObject({ error: { code: 'cancelled' } });
  expect(window.desk.questions.at(-1)?.detail).toContain(said);
});

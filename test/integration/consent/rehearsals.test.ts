import { expect, test } from 'vitest';
import { activeEnvironment } from '#test/support/consent/active-environment';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';

test('a page rehearses once, and again only after a press, whichever procedure it takes', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  await window.must('keys.generate', { environment });
  const accepted = ['other-sessions'];
  const request = { environment, excluded: [], accepted };
  await window.must('rotation.rehearse', request);
  window.desk.presses = false;
  const missing = { error: { code: 'confirmation-missing' } };
  expect(await window.run('rotation.rehearse', request)).toMatchObject(missing);
  const fleet = { environment, databases: [database.name], accepted, rehearse: true };
  expect(await window.run('fleet.rotate', fleet)).toMatchObject(missing);
  expect(await window.run('rotation.undo', { environment, accepted, rehearse: true })).toMatchObject(missing);
  window.desk.presses = true;
  await window.must('rotation.rehearse', request);
});

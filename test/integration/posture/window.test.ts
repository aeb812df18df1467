import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FilePurpose } from '#contract/app';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow, type TestWindow } from '#test/support/window';

async function addEnvironment(window: TestWindow, url: string): Promise<string> {
  const { environment } = await window.must('environments.add', {
    name: 'Acme',
    colour: 'teal',
    production: false,
    connection: { url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase: 'spare anvil under the old bridge',
  });
  return environment;
}

async function choose(window: TestWindow, purpose: FilePurpose, path: string): Promise<string> {
  window.desk.nextFile = path;
  await window.must('files.choose', { purpose });
  return path;
}

test('places, answers and a check are kept and told; files are read and written only where a dialog named them', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await addEnvironment(window, database.url);
  expect(await window.must('posture.read', { environment })).toEqual({
    places: { oauth: [], keyFiles: [] },
    runs: [],
  });

  const env = join(window.home, 'ballast.env');
  await writeFile(env, 'A=1\n');
  const places = { api: 'https://localhost:1/', oauth: [], keyFiles: [env] };
  expect(await window.call('posture.configure', { environment, places })).toMatchObject({
    error: { code: 'file-not-chosen' },
  });
  await choose(window, 'open-key-file', env);
  await window.must('posture.configure', { environment, places });

  const path = join(window.home, 'report.html');
  const html = { environment, path, format: 'html' } as const;
  await choose(window, 'save-report-html', path);
  expect(await window.call('posture.export', html)).toMatchObject({ error: { code: 'usage' } });

  const report = await window.must('posture.check', { environment });
  expect(report).toMatchObject({ subject: 'Acme' });
  const find = async (id: string) =>
    (await window.must('posture.read', { environment })).report?.findings.find((one) => one.id === id);
  expect(await find('qdrant.disk')).toMatchObject({ status: 'unknown' });
  await window.must('posture.answer', { environment, question: 'qdrant-disk', answer: 'no' });
  expect(await find('qdrant.disk')).toMatchObject({
    status: 'fail',
    seen: expect.stringMatching(/^answered “no” on 20/),
  });
  await window.must('posture.answer', { environment, question: 'qdrant-disk' });
  expect(await find('qdrant.disk')).toMatchObject({ status: 'unknown' });
  const both = (['qdrant-disk', 'dumps'] as const).map((question) =>
    window.must('posture.answer', { environment, question, answer: 'yes' }),
  );
  await Promise.all(both);
  expect(await find('postgres.dumps')).toMatchObject({ status: 'pass' });
  expect(await find('qdrant.disk')).toMatchObject({ status: 'pass' });

  await window.must('posture.export', html);
  expect(await readFile(path, 'utf8')).toContain('Encryption posture of Acme');
  expect(await window.call('posture.export', { ...html, path: `${path}.2` })).toMatchObject({
    error: { code: 'file-not-chosen' },
  });
  const actions = (await window.must('activity.list', { limit: 20 })).entries.map(({ action }) => action);
  for (const action of [
    'posture check set up',
    'posture question answered',
    'posture checked',
    'posture report written',
  ])
    expect(actions).toContain(action);

  // another session knows places, answers and what earlier checks counted, and has not looked yet
  await using again = await openTestWindow(window.home);
  const { places: kept, runs } = await again.must('posture.read', { environment });
  expect(kept).toEqual(places);
  expect(runs).toMatchObject([{ at: report.at }]);
});

test('an answer of more than a year ago is asked for again', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await addEnvironment(window, database.url);
  await window.must('posture.answer', { environment, question: 'dumps', answer: 'yes' });
  const file = join(window.home, 'environments', environment, 'environment.json');
  const settings = JSON.parse(await readFile(file, 'utf8'));
  settings.posture.answers[0].at = new Date(Date.now() - 366 * 86_400_000).toISOString();
  await writeFile(file, JSON.stringify(settings));
  const { findings } = await window.must('posture.check', { environment });
  expect(findings.find(({ id }) => id === 'postgres.dumps')).toMatchObject({
    status: 'unknown',
    seen: expect.stringContaining('over a year ago'),
    question: { id: 'dumps', answer: { answer: 'yes' } },
  });
});

test('addresses that hold a login, or are none, are refused at the border', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await addEnvironment(window, database.url);
  for (const api of [
    'https://ann:x@example.org',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://example.org/?k=v',
  ])
    expect(
      await window.call('posture.configure', { environment, places: { api, oauth: [], keyFiles: [] } }),
    ).toMatchObject({ error: { code: 'request-refused' } });
});

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { environmentId } from '#contract/shapes';
import { activeEnvironment } from '#test/support/consent/active-environment';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';

test('an environment folder outside Keel’s home is opened by no id, and nothing is kept of made-up ones', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment, fingerprint } = await activeEnvironment(window, database);
  const folders = join(window.home, 'environments');
  const outside = await mkdtemp(join(tmpdir(), 'keel-outside-'));
  onTestFinished(() => rm(outside, { recursive: true, force: true }));
  await cp(join(folders, environment), outside, { recursive: true });
  const keys = [fingerprint];
  for (const id of [
    relative(folders, outside),
    outside,
    `${environment}/`,
    `./${environment}`,
    `${environment}.`,
  ]) {
    const outcome = await window.run('matrix.run', { environment, keys, databases: [id] });
    expect([id, outcome]).toMatchObject([id, { error: { code: 'request-refused' } }]);
    expect(environmentId.safeParse(id).success).toBe(false);
  }
  for (const id of ['made-up', 'con', `${environment}%2e`, '%2e%2e']) {
    const outcome = await window.run('matrix.run', { environment, keys, databases: [environment, id] });
    expect([id, outcome]).toMatchObject([id, { error: { code: 'environment-missing' } }]);
  }
  expect((await window.must('matrix.state', { environment })).cells).toEqual([]);

  await window.must('matrix.run', { environment, keys, databases: [environment] });
  expect((await window.must('matrix.state', { environment })).cells).toHaveLength(1);
  await window.lock();
  await window.must('app.unlock', {});
  expect((await window.must('matrix.state', { environment })).cells).toEqual([]);
});

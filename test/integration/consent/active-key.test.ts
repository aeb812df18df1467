import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { activeEnvironment } from '#test/support/consent/active-environment';
import { base64 } from '#test/support/databases/foreign-database';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow, type TestWindow } from '#test/support/window';

/** A table of which a column is encrypted with `key`, as an entry of the inventory. */
async function planted({ client }: TestDatabase, table: string, key: Buffer) {
  await client.query(`CREATE TABLE ${table} (id int PRIMARY KEY, s text NOT NULL)`);
  for (const id of [1, 2, 3])
    await client.query(`INSERT INTO ${table} VALUES ($1, $2)`, [
      id,
      base64(`{"password": "planted value ${id}"}`, key),
    ]);
  return { schema: 'public', table, column: 's', layout: 'base64', kind: 'credentials' } as const;
}

async function imported(window: TestWindow, environment: string, key: Buffer): Promise<string> {
  const source = { kind: 'typed', text: key.toString('base64') } as const;
  return (await window.must('keys.adopt', { environment, source })).fingerprint;
}

/** Proves a key on other columns than the admin's, as a page could. */
async function proveOn(
  window: TestWindow,
  environment: string,
  { columns, fingerprint }: { columns: Awaited<ReturnType<typeof planted>>[]; fingerprint: string },
) {
  const before = await window.must('inventory.read', { environment });
  await window.must('inventory.write', { environment, columns, excluded: [] });
  const proof = await window.must('proof.run', { environment, fingerprint });
  await window.must('inventory.write', { environment, ...before });
  return proof;
}

async function activeKey(window: TestWindow, environment: string) {
  return (await window.must('keys.list', { environment })).find(({ state }) => state === 'active');
}

test('a key that decrypts chosen columns does not become the active one without a yes', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment, fingerprint } = await activeEnvironment(window, database);
  const key = randomBytes(32);
  const columns = [await planted(database, 'notes', key)];
  const other = await imported(window, environment, key);
  expect(window.desk.questions.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Connect to /),
  ]);
  window.desk.agrees = false;
  const proof = await proveOn(window, environment, { columns, fingerprint: other });
  expect(proof).toMatchObject({ verdict: 'correct', fingerprint: other, stillActive: fingerprint });
  expect(await activeKey(window, environment)).toMatchObject({ fingerprint });

  expect(window.desk.questions).toHaveLength(2);
  const { message, detail, button } = window.desk.questions[1] ?? {};
  expect(message).toBe(`Make key ${other} the active key of “Acme” (PROD)?`);
  expect(button).toBe('Replace the active key');
  for (const named of [
    `Database “${database.name}” on `,
    'Checked values: “public.notes.s”.',
    `Key ${other} decrypts 3 of 3 values. It was imported on `,
    ' and has never been active.',
    `Key ${fingerprint} decrypts 0 of 3 values. It was imported on `,
    ' and has been active since ',
  ])
    expect(detail).toContain(named);

  // nothing was pressed since: nobody is asked again, and it stays as it is
  window.desk.presses = false;
  await proveOn(window, environment, { columns, fingerprint: other });
  expect(await activeKey(window, environment)).toMatchObject({ fingerprint });
  const { entries } = await window.must('activity.list', { limit: 20 });
  expect(entries.map(({ action }) => action)).not.toContain('active key replaced');
});

test('a retired key that still decrypts one column does not become the active one again without a yes', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment, key: retiredKey, fingerprint: retired } = await activeEnvironment(window, database);
  const kept = await planted(database, 'kept', retiredKey);
  const key = randomBytes(32);
  const rotated = await planted(database, 'rotated', key);
  const current = await imported(window, environment, key);
  await proveOn(window, environment, { columns: [rotated], fingerprint: current });
  expect(await activeKey(window, environment)).toMatchObject({ fingerprint: current });
  const { entries } = await window.must('activity.list', { limit: 20 });
  expect(entries).toContainEqual(
    expect.objectContaining({
      action: 'active key replaced',
      fingerprint: current,
      detail: expect.stringContaining(retired),
    }),
  );

  window.desk.agrees = false;
  await proveOn(window, environment, { columns: [kept], fingerprint: retired });
  expect(await activeKey(window, environment)).toMatchObject({ fingerprint: current });
  expect(window.desk.questions.at(-1)?.message).toContain(`Make key ${retired} the active key`);
});

test('a yes does not count once another key than the one in the question is active', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const [one, two] = [randomBytes(32), randomBytes(32)];
  const columns = [await planted(database, 'notes', one)];
  const first = await imported(window, environment, one);
  await imported(window, environment, two);
  let answer: (agrees: boolean) => void = () => {};
  window.desk.agrees = new Promise<boolean>((resolve) => (answer = resolve));
  const asked = window.desk.questions.length;
  const before = await window.must('inventory.read', { environment });
  await window.must('inventory.write', { environment, columns, excluded: [] });
  const proving = window.run('proof.run', { environment, fingerprint: first });
  await expect.poll(() => window.desk.questions.length, { timeout: 20_000 }).toBe(asked + 1);
  // another process makes another key the active one while the question is open
  const ring = join(window.home, 'environments', environment, 'keyring.json');
  const state = JSON.parse(await readFile(ring, 'utf8'));
  const at = new Date().toISOString();
  const [former, , other] = state.keys;
  Object.assign(former, { state: 'retired', retiredAt: at });
  Object.assign(other, { state: 'active', activatedAt: at });
  await writeFile(ring, JSON.stringify(state));
  answer(true);
  expect(await proving).toMatchObject({ ok: false, error: { code: 'confirmation-missing' } });
  expect((await activeKey(window, environment))?.fingerprint).toBe(other.fingerprint);
  await window.must('inventory.write', { environment, ...before });
});

test('the question of a hand-off says where the key came from, and since when it is active', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment, fingerprint } = await activeEnvironment(window, database);
  const path = join(window.home, 'ballast.env');
  await writeFile(path, 'ENCRYPTION_KEY=\n');
  window.desk.nextFile = path;
  await window.must('files.choose', { purpose: 'open-handoff' });
  await window.must('handoff.apply', {
    environment,
    target: { kind: 'env-file', path, variable: 'ENCRYPTION_KEY' },
  });
  expect(window.desk.questions.at(-1)?.detail).toMatch(
    new RegExp(
      `Key ${fingerprint} was imported on \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC and has been active since `,
    ),
  );
});

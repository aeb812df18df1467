import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { activeEnvironment } from '#test/support/consent/active-environment';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';

test('a setting that protects less is saved after a question only, and one that protects more without', async () => {
  await using window = await openTestWindow();
  const before = await window.must('settings.read', {});
  window.desk.agrees = false;
  const less = { idleMinutes: 60, clipboardSeconds: 300, drillEveryDays: 730 };
  expect(await window.call('settings.write', less)).toMatchObject({ error: { code: 'cancelled' } });
  expect(await window.must('settings.read', {})).toEqual(before);
  expect(window.desk.questions.map(({ detail }) => detail)).toEqual([
    [
      'Keel is locked after 60 minutes of inactivity, now after 5.',
      'Copied keys are cleared from the clipboard after 300 s, now after 30 s.',
      'Keel reminds you to test backups every 730 days, now every 90.',
    ].join('\n'),
  ]);
  const more = { theme: 'dark', idleMinutes: 1, clipboardSeconds: 5, drillEveryDays: 7 } as const;
  expect(await window.must('settings.write', more)).toMatchObject(more);
  expect(window.desk.questions).toHaveLength(1);
});

test('nothing that warns the admin ends without a press', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const path = join(window.home, 'ballast.env');
  await writeFile(path, 'ENCRYPTION_KEY=\n');
  window.desk.nextFile = path;
  await window.must('files.choose', { purpose: 'open-handoff' });
  const target = { kind: 'env-file', path, variable: 'ENCRYPTION_KEY' } as const;
  await window.must('handoff.apply', { environment, target });
  window.desk.presses = false;
  const attempts = [
    window.call('handoff.forgetTarget', { environment, target }),
    window.call('handoff.confirm', { environment }),
    window.call('posture.answer', { environment, question: 'dumps', answer: 'yes' }),
    window.call('fleet.giveUp', { environment, databases: ['one'], withdraw: false }),
  ];
  for (const outcome of await Promise.all(attempts))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'gesture-missing' } });
  expect((await window.must('handoff.state', { environment })).targets).toHaveLength(1);
  window.desk.presses = true;
  await window.must('handoff.forgetTarget', { environment, target });
  expect((await window.must('handoff.state', { environment })).targets).toEqual([]);
});

test('a key that no chosen file has is imported with a press only, and so many unproven ones at most', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const typed = () =>
    window.call('keys.adopt', {
      environment,
      source: { kind: 'typed', text: randomBytes(32).toString('base64') },
    });
  window.desk.presses = false;
  expect(await typed()).toMatchObject({ ok: false, error: { code: 'gesture-missing' } });
  const path = join(window.home, 'other.env');
  await writeFile(path, `ENCRYPTION_KEY=${randomBytes(32).toString('base64')}\n`);
  window.desk.nextFile = path;
  await window.must('files.choose', { purpose: 'open-env' });
  await window.must('keys.adopt', { environment, source: { kind: 'env-file', path } });
  expect(await window.must('keys.list', { environment })).toHaveLength(2);

  const ring = join(window.home, 'environments', environment, 'keyring.json');
  const state = JSON.parse(await readFile(ring, 'utf8'));
  const imported = state.keys.at(-1);
  for (let number = 1; number < 50; number++)
    state.keys.push({ ...imported, fingerprint: `0000-0000-0000-00${number.toString(16).padStart(2, '0')}` });
  await writeFile(ring, JSON.stringify(state));
  window.desk.presses = true;
  expect(await typed()).toMatchObject({
    ok: false,
    error: { code: 'usage', message: expect.stringContaining('50 imported keys that are not proven') },
  });
  expect(await window.must('keys.list', { environment })).toHaveLength(51);
  // one that is there is only held again
  await window.must('keys.adopt', { environment, source: { kind: 'env-file', path } });
});

test('who can open a backup is named before it is written, and is on record afterwards', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment, fingerprint } = await activeEnvironment(window, database);
  const path = join(window.home, 'others.age');
  window.desk.nextFile = path;
  await window.must('files.choose', { purpose: 'save-recipients', fingerprint });
  const recipients = [
    await identityToRecipient(await generateX25519Identity()),
    await identityToRecipient(await generateX25519Identity()),
  ];
  const forOthers = { environment, fingerprint, artefact: { form: 'recipients', path, recipients } } as const;
  window.desk.agrees = false;
  expect(await window.run('backup.create', forOthers)).toMatchObject({ error: { code: 'cancelled' } });
  await expect(readFile(path)).rejects.toThrow('ENOENT');
  for (const recipient of recipients) expect(window.desk.questions.at(-1)?.detail).toContain(recipient);

  window.desk.agrees = true;
  await window.must('backup.create', forOthers);
  const folder = join(window.home, 'shares');
  window.desk.nextFile = folder;
  await window.must('files.choose', { purpose: 'save-shares', fingerprint });
  const holders = ['Ada', 'Bob', 'Cy'];
  await window.must('backup.create', {
    environment,
    fingerprint,
    artefact: { form: 'shares', folder, threshold: 2, holders },
  });
  expect(window.desk.questions.at(-1)?.detail).toContain(
    'Any 2 of these 3 holders can restore the key with their shares:\n“Ada”\n“Bob”\n“Cy”',
  );
  const [key] = await window.must('keys.list', { environment });
  expect(key?.made).toEqual([
    expect.objectContaining({ location: path, recipients }),
    expect.objectContaining({ location: folder, threshold: 2, holders }),
  ]);
  const { entries } = await window.must('activity.list', { limit: 20 });
  const details = entries.filter(({ action }) => action === 'backup made').map(({ detail }) => detail);
  expect(details).toEqual(
    expect.arrayContaining([
      expect.stringContaining(recipients.join(' or ')),
      expect.stringContaining('any 2 of Ada, Bob, Cy'),
    ]),
  );
});

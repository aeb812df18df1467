import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { total } from '#credentials/archive/archive-differences';
import { disturb, openDesk, passphrase } from '#test/support/databases/archive-desk';
test('the command line exports, lists, verifies and imports, and `age` opens what it wrote', async () => {
  await using desk = await openDesk({ strangers: 1 });
  const { folder, database } = desk;
  const key = await folder.file('old.key', database.from.toString('base64'));
  const inventory = await folder.file('inventory.json', JSON.stringify(desk.inventory));
  const base = ['--database', database.url, '--key-file', key, '--json'];
  const env = { KEEL_ARCHIVE_PASSPHRASE: passphrase };
  const identity = join(folder.path, 'age.key');
  await promisify(execFile)('age-keygen', ['-o', identity]);
  const recipient = /age1\w+/.exec(await readFile(identity, 'utf8'))?.[0] as string;
  const out = ['credentials', 'export', ...base, '--inventory', inventory, '--out', desk.path];
  const exported = await folder.run([...out, '--recipient', recipient]);
  expect(exported.json, exported.stderr).toMatchObject({ ok: true, unopened: 1 });
  const { stdout } = await promisify(execFile)('age', ['--decrypt', '-i', identity, desk.path], {
    maxBuffer: 2 ** 26,
  });
  expect(stdout.trimEnd().split('\n').length).toBe(exported.json.values + 2);

  const sealed = ['--archive', desk.path, '--identity', identity];
  const listed = await folder.run(['credentials', 'list', ...sealed, '--json']);
  expect(listed.json).toMatchObject({ ok: true, values: exported.json.values });
  expect((await folder.run(['credentials', 'verify', ...base, ...sealed])).status).toBe(0);
  await disturb(desk);
  const verified = await folder.run(['credentials', 'verify', ...base, ...sealed]);
  expect(verified.status).toBe(3);
  const toImport = [
    'credentials',
    'import',
    ...base,
    ...sealed,
    '--accept',
    'unopened-rows',
    '--accept',
    'other-sessions',
  ];
  expect((await folder.run(toImport)).json.error.code).toBe('confirmation-missing');
  const imported = await folder.run([...toImport, '--yes']);
  expect(imported.json, imported.stderr).toMatchObject({ ok: true, values: 3, rehearsal: false });
  expect((await folder.run(['credentials', 'verify', ...base, ...sealed])).status).toBe(0);

  const list = ['credentials', 'list', ...base, '--inventory', inventory, '--search', 'vault-7'];
  const [found] = (await folder.run(list)).json.credentials;
  expect(found).toMatchObject({ table: 'vault', row: 'name=vault-7 🐍', state: 'opens' });
  const show = [
    'credentials',
    'show',
    ...base.slice(0, -1),
    '--inventory',
    inventory,
    '--column',
    'vault.body $.data',
    '--row',
    'name=vault-7 🐍',
  ];
  expect((await folder.run(show)).stdout).not.toContain('secret 7');
  expect((await folder.run([...show, '--reveal'])).stdout).toBe("the vault's secret 7\n");
  expect((await folder.run([...show, '--reveal', '--json'])).status).toBe(2);
  const state = await folder.state();
  expect(state).toContain('credential revealed');
  for (const secret of ["the vault's secret", 'ya29.', 'pässwörd']) expect(state).not.toContain(secret);
  const closed = await folder.run(['credentials', 'list', '--archive', desk.path, '--json'], { env });
  expect(closed.json.error).toMatchObject({ code: 'passphrase-wrong' });
});

test('an import that is killed at any step has changed everything or nothing', async () => {
  await using desk = await openDesk();
  const { folder, database } = desk;
  const key = await folder.file('old.key', database.from.toString('base64'));
  await desk.export();
  await disturb(desk);
  const args = [
    'credentials',
    'import',
    '--database',
    database.url,
    '--key-file',
    key,
    '--archive',
    desk.path,
  ];
  const flags = [
    '--accept',
    'unopened-rows',
    '--accept',
    'other-sessions',
    '--accept',
    'other-database',
    '--yes',
  ];
  for (const step of ['comparing rows', 'writing', 'committing']) {
    const run = await folder.run([...args, ...flags], {
      env: { KEEL_ARCHIVE_PASSPHRASE: passphrase },
      onTalk: (talk, kill) => talk.includes(step) && kill('SIGKILL'),
    });
    const { columns } = await desk.verify();
    const open = total(columns, 'differs') + total(columns, 'unopened');
    expect([0, 3], `killed at ${step}`).toContain(open);
    if (step !== 'committing') expect(open, run.stderr).toBe(3);
  }
  await database.client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'keel %'`,
  );
  const left = total((await desk.verify()).columns, 'differs');
  if (left > 0) expect(await desk.import(undefined, ['unopened-rows'])).toMatchObject({ values: 3 });
});

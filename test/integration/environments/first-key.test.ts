import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { base64, createForeignDatabase } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';

test('the command that `keel status` names after a key was adopted proves that key, and makes it the active one; another key asks before it takes its place', {
  timeout: 120_000,
}, async () => {
  await using database = await createForeignDatabase({ rows: 20, strangers: 0 });
  await using folder = await KeelFolder.create();
  const keyFile = await folder.file('old.key', database.from.toString('base64'));
  const env = { KEEL_PASSPHRASE: 'five random words for a test' };
  const keel = async (...args: string[]) => {
    const run = await folder.run([...args, '--json'], { env });
    expect(run.status, `${args.join(' ')}: ${run.stdout}${run.stderr}`).toBe(0);
    return run.json;
  };
  const inventory = `${folder.path}/inventory.json`;
  await keel('discover', '--database', database.url, '--key-file', keyFile, '--out', inventory);
  const url = new URL(database.url);
  Object.assign(env, { PGPASSWORD: decodeURIComponent(url.password) });
  url.password = '';
  const place = ['--keep-keys-in', 'sealed-file', '--inventory', inventory];
  await keel('env', 'add', 'acme', '--database', url.href, ...place);
  const { key } = await keel('key', 'import', '--env', 'acme', '--key-file', keyFile);

  const { environments } = await keel('status', '--env', 'acme');
  expect(environments[0]).toMatchObject({ next: { action: 'prove' }, command: 'keel prove --env acme' });
  const said = await folder.run(['status', '--env', 'acme'], { env });
  expect(said.stdout).toContain(`no active key; ${key.fingerprint} is not proven yet`);

  expect(await keel('prove', '--env', 'acme')).toMatchObject({ verdict: 'correct' });
  const { environments: after } = await keel('status', '--env', 'acme');
  expect(after[0].activeKey.fingerprint).toBe(key.fingerprint);

  // of the values that a page or a file lists, another key may decrypt all
  const other = randomBytes(32);
  await database.client.query('CREATE TABLE notes (id int PRIMARY KEY, s text NOT NULL)');
  await database.client.query('INSERT INTO notes VALUES (1, $1)', [base64('{"note": "of another"}', other)]);
  const columns = [{ schema: 'public', table: 'notes', column: 's', layout: 'base64', kind: 'credentials' }];
  const notes = await folder.file('notes.json', JSON.stringify({ version: 1, columns }));
  const otherFile = await folder.file('other.key', other.toString('base64'));
  const adopted = (await keel('key', 'import', '--env', 'acme', '--key-file', otherFile)).key.fingerprint;
  const again = ['prove', '--env', 'acme', '--inventory', notes, '--fingerprint', adopted];
  const refused = await folder.run([...again, '--json'], { env });
  expect(refused).toMatchObject({
    status: 4,
    json: { ok: false, verdict: 'correct', stillActive: key.fingerprint },
  });
  const active = async () => (await keel('status', '--env', 'acme')).environments[0].activeKey.fingerprint;
  expect(await active()).toBe(key.fingerprint);
  expect(await keel(...again, '--yes')).not.toHaveProperty('stillActive');
  expect(await active()).toBe(adopted);
});

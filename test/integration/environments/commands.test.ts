import { readFile, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { base64, createForeignDatabase } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';

const passphrase = 'five random words for a test';
const consent = ['--yes', '--accept', 'other-sessions'];

test('an environment stands for its database, columns and keys, through a rotation to the end of the old key', {
  timeout: 240_000,
}, async () => {
  await using database = await createForeignDatabase({ rows: 20, strangers: 0 });
  await using folder = await KeelFolder.create();
  const oldFile = await folder.file('old.key', database.from.toString('base64'));
  const newFile = await folder.file('new.key', database.to.toString('base64'));
  const url = new URL(database.url);
  const { password } = url;
  url.password = '';
  const env = { PGPASSWORD: decodeURIComponent(password), KEEL_PASSPHRASE: passphrase };
  const keel = (...args: string[]) => folder.run([...args, '--json'], { env });
  const must = async (...args: string[]) => {
    const run = await keel(...args);
    expect(run.status, `${args.join(' ')}: ${run.stdout}${run.stderr}`).toBe(0);
    return run.json;
  };

  /** What `keel status` says is next, and by which command. */
  const next = async () => {
    const [card] = (await must('status')).environments;
    return [card.next.action, card.command];
  };

  expect((await must('status')).environments).toEqual([]);
  const sealed = ['env', 'add', 'acme', '--database', url.href, '--keep-keys-in', 'sealed-file', '--json'];
  const { PGPASSWORD } = env;
  const unsealed = await folder.run(sealed, { env: { PGPASSWORD } });
  expect(unsealed.json.error.remedy).toContain('KEEL_PASSPHRASE');
  const added = await must('env', 'add', 'acme', '--database', url.href, '--keep-keys-in', 'sealed-file');
  expect(added.environment).toMatchObject({ name: 'acme', keyPlace: 'sealed-file' });
  expect(await keel('env', 'add', 'acme', '--database', url.href)).toMatchObject({
    status: 4,
    json: { error: { code: 'environment-exists' } },
  });
  expect((await keel('prove', '--env', 'nope')).json.error).toMatchObject({
    code: 'environment-missing',
    remedy: 'use one of these: acme',
  });
  expect((await keel('prove', '--env', 'acme', '--database', url.href)).status).toBe(2);

  expect(await next()).toEqual(['adopt-key', 'keel key import --env acme --key-file FILE']);

  const inventory = `${folder.path}/inventory.json`;
  await must('discover', '--env', 'acme', '--key-file', oldFile, '--out', inventory);
  await must('env', 'update', 'acme', '--inventory', inventory, '--production');
  const shown = (await must('env', 'show', 'acme')).environment;
  expect(shown).toMatchObject({ production: true, activeKey: null, rememberPassword: false });
  expect(shown.inventory).toHaveLength(9);
  expect((await keel('prove', '--env', 'acme')).json.error.code).toBe('key-unproven');

  const files = ['--from-key-file', oldFile, '--to-key-file', newFile];
  const { rotation } = await must('rotate', '--env', 'acme', ...files, ...consent);
  expect(await next()).toEqual(['hand-off', 'keel handoff apply --env acme --env-file FILE']);
  const doctor = await keel('doctor');
  expect(doctor.json.checks).toContainEqual(
    expect.objectContaining({
      subject: 'acme: database',
      works: true,
      detail: expect.stringContaining('PostgreSQL'),
    }),
  );
  expect(doctor.status).toBe(doctor.json.checks.every(({ works }: { works: boolean }) => works) ? 0 : 3);
  const said = await folder.run(['status', '--env', 'acme']);
  expect(said.stdout).toContain('→ Ballast does not have the new key yet: keel handoff apply --env acme');
  expect(said.stdout).toContain(`${rotation.to}, active since`);
  // the ring's own key now, and no inventory either
  expect(await must('prove', '--env', 'acme')).toMatchObject({ verdict: 'correct' });

  const envFile = await folder.file('.env', `A=1\nENCRYPTION_KEY="${database.from.toString('base64')}"\n`);
  const secret = await folder.file('compose-secret', database.from.toString('base64'));
  const preview = await folder.run(
    ['handoff', 'apply', '--env', 'acme', '--env-file', envFile, '--preview'],
    { env },
  );
  expect(preview.stdout).toContain(`-ENCRYPTION_KEY="[key ${rotation.from}]"`);
  expect(await readFile(envFile, 'utf8')).toContain(database.from.toString('base64'));
  await must('handoff', 'apply', '--env', 'acme', '--env-file', envFile);
  expect((await next())[0]).not.toBe('hand-off');
  await must('handoff', 'apply', '--env', 'acme', '--key-file-at', secret);
  expect(await readFile(envFile, 'utf8')).toBe(`A=1\nENCRYPTION_KEY="${database.to.toString('base64')}"\n`);
  expect(await readFile(secret, 'utf8')).toBe(database.to.toString('base64'));
  expect((await must('handoff', 'apply', '--env', 'acme')).places).toMatchObject([
    { before: rotation.to, changed: false },
    { before: rotation.to, changed: false },
  ]);
  await must('handoff', 'undo', '--env', 'acme', '--key-file-at', secret);
  expect(await readFile(secret, 'utf8')).toBe(database.from.toString('base64'));
  expect((await keel('handoff', 'undo', '--env', 'acme', '--key-file-at', secret)).json.error.code).toBe(
    'nothing-to-undo',
  );
  // the test itself has been connected since before
  expect(await keel('handoff', 'running', '--env', 'acme')).toMatchObject({ status: 3, json: { before: 1 } });

  const [listed] = (await must('key', 'list', '--env', 'acme')).environments;
  const keyOf = (fingerprint: string) => listed.keys.find((key: any) => key.fingerprint === fingerprint);
  const [old, active] = [keyOf(rotation.from), keyOf(rotation.to)];
  expect(old).toMatchObject({ state: 'retired', neededByDumps: true });
  expect(active).toMatchObject({ state: 'active', heldIn: 'sealed-file' });
  expect(old.opensDumps).toEqual([
    { from: null, to: active.opensDumps[0].from, interval: expect.any(String) },
  ]);
  expect(active.opensDumps[0]).toMatchObject({ to: null, interval: expect.stringMatching(/Z\/\.\.$/) });

  const destroy = (...more: string[]) =>
    keel('key', 'destroy', '--env', 'acme', '--fingerprint', rotation.from, '--yes', ...more);
  const refused = async (...more: string[]) => {
    const { status, json } = await destroy(...more);
    expect([status, json.error.code]).toEqual([4, 'key-needed']);
    return json.error.message;
  };
  expect(await refused()).toContain('database dumps started before');
  const statement = ['key', 'dumps', '--env', 'acme', '--none-before', 'now'];
  const unsearched = (await keel(...statement)).json.error;
  expect(unsearched.message).toContain(
    'has searched for values encrypted with this key; nothing was recorded',
  );
  const left = base64('a note of before, some 40 bytes long or so', database.from);
  await database.client.query('CREATE TABLE note (body text)');
  await database.client.query('INSERT INTO note VALUES ($1)', [left]);
  expect(await keel('census', '--env', 'acme')).toMatchObject({ status: 3 });
  const seen = (await keel(...statement)).json.error;
  expect(seen.message).toContain('found 1 value encrypted with this key, in public.note.body');
  await database.client.query('DROP TABLE note');
  await must('census', '--env', 'acme');
  expect(await must(...statement)).toMatchObject({ released: [rotation.from] });
  expect(await refused()).toContain('no sweep has shown yet');
  const rotatedAt = async () => (await must('status')).environments[0].lastRotation.at;
  const atCutover = await rotatedAt();
  await must('sweep', '--env', 'acme');
  expect(await rotatedAt()).toBe(atCutover);
  expect(await refused()).toContain('undoing the last rotation');
  const active2 = ['key', 'destroy', '--env', 'acme', '--fingerprint', rotation.to, '--yes'];
  expect((await keel(...active2)).json.error.message).toContain('is active');
  expect(
    await folder.run(
      ['key', 'destroy', '--env', 'acme', '--fingerprint', rotation.from, '--accept', 'undo'],
      { env },
    ),
  ).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('[confirmation-missing]'),
  });
  expect((await destroy('--accept', 'undo')).json).toMatchObject({
    ok: true,
    key: { fingerprint: rotation.from },
  });
  expect((await must('key', 'list')).environments[0].keys).toContainEqual(
    expect.objectContaining({ fingerprint: rotation.from, state: 'destroyed', heldIn: null }),
  );
  expect((await keel('undo', '--env', 'acme', ...consent)).json.error).toMatchObject({
    code: 'key-not-in-ring',
    message: expect.stringContaining('was destroyed'),
  });

  const state = await folder.state();
  for (const secret of [
    password,
    passphrase,
    database.from.toString('base64'),
    database.to.toString('base64'),
  ]) {
    expect(state).not.toContain(secret);
  }
  await rm(oldFile);
  await must('env', 'remove', 'acme', '--yes');
  expect((await must('env', 'list')).environments).toEqual([]);
  expect((await must('key', 'list', '--database', url.href)).environments[0].keys).toHaveLength(2);
});

test('an environment is renamed, and keeps its database and its keys under the new name', {
  timeout: 120_000,
}, async () => {
  await using database = await createForeignDatabase({ rows: 20, strangers: 0 });
  await using folder = await KeelFolder.create();
  const keyFile = await folder.file('old.key', database.from.toString('base64'));
  const env = { KEEL_PASSPHRASE: passphrase };
  const keel = (...args: string[]) => folder.run([...args, '--json'], { env });
  for (const name of ['acme', 'staging']) {
    const url = new URL(database.url);
    if (name === 'staging') url.pathname = '/postgres';
    const added = await keel('env', 'add', name, '--database', url.href, '--keep-keys-in', 'sealed-file');
    expect(added.status, added.stderr + added.stdout).toBe(0);
  }
  expect((await keel('key', 'import', '--env', 'acme', '--key-file', keyFile)).status).toBe(0);
  const before = (await keel('env', 'show', 'acme')).json.environment;

  expect(await keel('env', 'rename', 'acme', 'staging')).toMatchObject({
    status: 4,
    json: { error: { code: 'environment-exists' } },
  });
  expect(await keel('env', 'rename', 'acme', 'production')).toMatchObject({
    status: 0,
    json: { environment: { id: before.id, name: 'production' } },
  });
  expect((await keel('env', 'show', 'production')).json.environment).toEqual({
    ...before,
    name: 'production',
  });
  expect((await keel('env', 'show', 'acme')).json.error.code).toBe('environment-missing');
  expect((await keel('audit', 'show')).json.entries[0]).toMatchObject({
    action: 'environment renamed',
    detail: 'acme is now production',
  });
});

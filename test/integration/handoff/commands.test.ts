import { mkdir, readdir, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createForeignDatabase, type ForeignDatabase } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';

const passphrase = 'spare anvil under the old bridge';

/** A database that was rotated as environment `acme`, and the command line for it. */
async function rotated(database: ForeignDatabase, folder: KeelFolder) {
  const env = { KEEL_PASSPHRASE: passphrase, PGPASSWORD: decodeURIComponent(new URL(database.url).password) };
  const keel = (...args: string[]) => folder.run([...args, '--json'], { env });
  const must = async (...args: string[]) => {
    const run = await keel(...args);
    expect(run.status, `${args.join(' ')}: ${run.stdout}${run.stderr}`).toBe(0);
    return run.json;
  };
  const files = {
    old: await folder.file('old.key', database.from.toString('base64')),
    new: await folder.file('new.key', database.to.toString('base64')),
  };
  await must('env', 'add', 'acme', '--database', database.url, '--keep-keys-in', 'sealed-file');
  const inventory = join(folder.path, 'inventory.json');
  await must('discover', '--env', 'acme', '--key-file', files.old, '--out', inventory);
  await must('env', 'update', 'acme', '--inventory', inventory);
  const { rotation } = await must(
    ...['rotate', '--env', 'acme', '--from-key-file', files.old, '--to-key-file', files.new],
    ...['--yes', '--accept', 'other-sessions'],
  );
  return { keel, must, rotation };
}

test('a hand-off is open until every place that is known holds the key, and says which do not', async () => {
  await using database = await createForeignDatabase({ rows: 12, strangers: 0 });
  await using folder = await KeelFolder.create();
  const { keel, must, rotation } = await rotated(database, folder);
  const [old, fresh] = [database.from.toString('base64'), database.to.toString('base64')];
  const envFile = await folder.file('.env', `ENCRYPTION_KEY=${old}\n# before: ENCRYPTION_KEY=${old}\n`);
  // in a folder of its own: beside the `.env` it would decide what the application reads
  await mkdir(join(folder.path, 'app'));
  const compose = await folder.file(
    'app/compose.yaml',
    `services:\n  a:\n    environment: {ENCRYPTION_KEY: "${old}"}\n`,
  );
  const done = async () =>
    JSON.parse(await readFile(await settingsFile(folder), 'utf8')).handedOff === rotation.id;

  await must('handoff', 'apply', '--env', 'acme', '--env-file', envFile);
  expect(await done()).toBe(true);
  await must('handoff', 'undo', '--env', 'acme', '--env-file', envFile);
  expect(await done()).toBe(false);
  // both places are known now; the second is written first
  const first = await keel('handoff', 'apply', '--env', 'acme', '--compose', compose);
  expect(first.json.places[0]).toMatchObject({
    places: 2,
    behind: [{ where: envFile, holds: rotation.from }],
  });
  expect(first.stderr).toContain('The hand-off is open: 1 of 2 places');
  expect(await done()).toBe(false);
  // the others go on where one is refused
  await writeFile(compose, 'services: [\n');
  const partly = await keel('handoff', 'apply', '--env', 'acme');
  expect(partly.status).not.toBe(0);
  expect(partly.json.error.message).toContain('the hand-off failed for 1 of 2 places');
  expect(partly.json.error.message).toContain('is not valid YAML');
  // what was written is told with what was not
  expect(partly.json.places).toMatchObject([{ where: envFile, changed: true }]);
  expect(await readFile(envFile, 'utf8')).toContain(`ENCRYPTION_KEY=${fresh}`);
  expect(await done()).toBe(false);
  await writeFile(compose, `services:\n  a:\n    environment: {ENCRYPTION_KEY: "${old}"}\n`);
  const last = await keel('handoff', 'apply', '--env', 'acme');
  expect(last.json.places.at(-1)).toMatchObject({ behind: [], places: 2 });
  expect(await done()).toBe(true);
  // which of several places is reverted has to be said
  const undone = await keel('handoff', 'undo', '--env', 'acme');
  expect(undone.json.error).toMatchObject({
    code: 'usage',
    message: expect.stringContaining('Ballast reads its key from 2 places'),
  });
  expect(await readFile(envFile, 'utf8')).toContain(`ENCRYPTION_KEY=${fresh}`);

  const { leftovers } = await must('leftovers', '--env', 'acme');
  expect(leftovers).toContainEqual({
    kind: 'text',
    fingerprint: rotation.from,
    where: envFile,
    status: 'remove',
  });
});

test('a hand-off is open while another file that counts more has the old key', async () => {
  await using database = await createForeignDatabase({ rows: 12, strangers: 0 });
  await using folder = await KeelFolder.create();
  const { keel, must, rotation } = await rotated(database, folder);
  const old = database.from.toString('base64');
  const envFile = await folder.file('.env', `ENCRYPTION_KEY=${old}\n`);
  const compose = await folder.file(
    'compose.yaml',
    `services:\n  api:\n    env_file: .env\n    environment:\n      ENCRYPTION_KEY: "${old}"\n`,
  );
  const where = `${compose}, service api`;
  const preview = await keel('handoff', 'apply', '--env', 'acme', '--env-file', envFile, '--preview');
  expect(preview.stderr).toContain(
    `${where} sets ENCRYPTION_KEY to key ${rotation.from} and takes precedence`,
  );
  const first = await must('handoff', 'apply', '--env', 'acme', '--env-file', envFile);
  expect(first.places[0]).toMatchObject({ places: 2, behind: [{ where, holds: rotation.from }] });
  const settings = JSON.parse(await readFile(await settingsFile(folder), 'utf8'));
  expect(settings.handedOff).not.toBe(rotation.id);
  const second = await must('handoff', 'apply', '--env', 'acme', '--compose', compose);
  expect(second.places[0]).toMatchObject({ behind: [] });
  expect(JSON.parse(await readFile(await settingsFile(folder), 'utf8')).handedOff).toBe(rotation.id);
});

test('a preview ends as the hand-off would, and several at once are all remembered', async () => {
  await using database = await createForeignDatabase({ rows: 12, strangers: 0 });
  await using folder = await KeelFolder.create();
  const { keel, must } = await rotated(database, folder);
  const old = database.from.toString('base64');
  const stranger = await folder.file(
    'stranger.env',
    `ENCRYPTION_KEY=${Buffer.alloc(32, 'x7Q').toString('base64')}\n`,
  );
  for (const more of [[], ['--preview']]) {
    const run = await keel('handoff', 'apply', '--env', 'acme', '--env-file', stranger, ...more);
    expect([run.status, run.json.error.code]).toEqual([4, 'key-wrong']);
  }
  const paths = await Promise.all(
    Array.from({ length: 4 }, (_, i) => folder.file(`${i}.env`, `ENCRYPTION_KEY=${old}\n`)),
  );
  await Promise.all(paths.map((path) => must('handoff', 'apply', '--env', 'acme', '--env-file', path)));
  await Promise.all(paths.map((path) => must('handoff', 'undo', '--env', 'acme', '--env-file', path)));
  for (const path of paths) expect(await readFile(path, 'utf8')).toBe(`ENCRYPTION_KEY=${old}\n`);
});

test('a patch for kubectl is noted before it holds the key, and is no hand-off until a place is seen with it', async () => {
  await using database = await createForeignDatabase({ rows: 12, strangers: 0 });
  await using folder = await KeelFolder.create();
  const { keel, must, rotation } = await rotated(database, folder);
  const log = join(folder.path, 'home', 'activity.jsonl');
  const entries = async () =>
    (await readFile(log, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).entry);
  const known = (await entries()).length;
  const news = async () => (await entries()).slice(known).map(({ at: _, ...entry }) => entry);
  const settings = await readFile(await settingsFile(folder), 'utf8');
  const patch = join(folder.path, 'patch.yaml');
  const apply = ['handoff', 'apply', '--env', 'acme', '--patch', patch];

  // what cannot be noted is not written
  await rename(log, `${log}.kept`);
  await mkdir(log);
  expect(await keel(...apply)).toMatchObject({ status: 1, json: { error: { code: 'file-unwritable' } } });
  expect(await readdir(folder.path)).not.toContain('patch.yaml');
  await rmdir(log);
  await rename(`${log}.kept`, log);

  const { to: fingerprint } = rotation;
  expect(await must(...apply)).toEqual({ ok: true, patch, fingerprint });
  const data = Buffer.from(database.to.toString('base64')).toString('base64');
  expect(await readFile(patch, 'utf8')).toContain(`data:\n  ENCRYPTION_KEY: ${data}\n`);
  const noted = { environment: (await news())[0].environment, detail: `a patch in ${patch}`, fingerprint };
  const begun = { ...noted, action: 'handing off a key begun', outcome: 'done' };
  expect(await news()).toEqual([begun, { ...noted, action: 'key handed off', outcome: 'done' }]);

  // a file that is there is nobody’s to replace
  expect(await keel(...apply)).toMatchObject({ json: { error: { code: 'file-exists' } } });
  const broken = { ...noted, action: 'handing off a key broke off', outcome: 'failed' };
  expect((await news()).slice(2)).toEqual([begun, broken]);
  expect(await readFile(await settingsFile(folder), 'utf8')).toBe(settings);
});

async function settingsFile(folder: KeelFolder): Promise<string> {
  const environments = join(folder.path, 'home', 'environments');
  const [id = ''] = await readdir(environments);
  return join(environments, id, 'environment.json');
}

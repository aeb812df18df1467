import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { base64 } from '#test/support/databases/foreign-database';
import { KeelFolder, type KeelRun } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';
import { deeds, name, passphrase, type Teller } from './deeds.ts';

// The same story told twice, by the command line and by the window: after each deed both homes hold the same state and the
// same log. What is drawn at random, when it was, and how long it took differ, and are taken out.

const columns = [
  {
    schema: 'public',
    table: 'source_connection',
    column: 'credentials',
    layout: 'base64',
    kind: 'credentials' as const,
  },
];

async function prepare(values: readonly string[], key: Buffer): Promise<Teller> {
  const folder = await KeelFolder.create();
  const database = await createTestDatabase();
  const { client } = database;
  await client.query('CREATE TABLE source_connection (id int PRIMARY KEY, credentials text NOT NULL)');
  for (const [id, value] of values.entries())
    await client.query('INSERT INTO source_connection VALUES ($1, $2)', [id, value]);
  const envFile = await folder.file('.env', `ENCRYPTION_KEY=${key.toString('base64')}\n`);
  return { folder, database, envFile };
}

/** What is kept of the environment and in the log, with what is a matter of chance taken out. */
async function stateOf({ folder, database }: Teller): Promise<{ files: object; log: string[] }> {
  const home = join(folder.path, 'home');
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.jsonl?$/.test(entry.name) && !entry.name.includes('head'))
    .map((entry) => join(entry.parentPath, entry.name));
  const generated = new Map<string, string>();
  const plain = (text: string) =>
    text
      .replaceAll(database.name, 'DATABASE')
      .replaceAll(folder.path, 'FOLDER')
      // ours have a T, the server's a blank
      .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-][\d:]+)/g, 'TIME')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
      .replace(/[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}/g, (fingerprint) => {
        if (!generated.has(fingerprint)) generated.set(fingerprint, `KEY${generated.size}`);
        return generated.get(fingerprint) ?? '';
      })
      .replace(/"(\w+Ms|pid|backendPid|bits)": ?[\d.]+/g, '"$1":0')
      .replace(/"xid": ?"\d+"/g, '"xid":"0"')
      .replace(/wait \d+ ms/g, 'wait N ms')
      .replace(/\d+ bits/g, 'N bits');
  const texts: { path: string; text: string }[] = [];
  for (const path of paths.filter((one) => !one.endsWith('.jsonl')))
    texts.push({ path, text: await readFile(path, 'utf8') });
  // records of rotations are named at random: the older one comes first
  texts.sort((a, b) => rank(a.path) - rank(b.path) || firstTime(a.text).localeCompare(firstTime(b.text)));
  const files: Record<string, unknown> = {};
  for (const { path, text } of texts) {
    const key = plain(relative(home, path));
    const seen = Object.keys(files).filter((one) => one.startsWith(key)).length;
    files[seen === 0 ? key : `${key} ${seen}`] = JSON.parse(plain(text));
  }
  const log = (await readFile(join(home, 'activity.jsonl'), 'utf8').catch(() => ''))
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { environment, action, detail, outcome, fingerprint } =
        JSON.parse(plain(line)).entry ?? JSON.parse(plain(line));
      return [environment, action, detail, outcome, fingerprint].map((part) => part ?? '-').join(' | ');
    });
  return { files, log };
}

function firstTime(text: string): string {
  return /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(text)?.[0] ?? '';
}

/** Key rings first, so that keys get their names in the order in which they joined. */
function rank(path: string): number {
  if (path.endsWith('keyring.json')) return 0;
  return path.endsWith('environment.json') ? 1 : 2;
}

test('the command line and the window leave the same state and the same log after each deed', {
  timeout: 300_000,
}, async () => {
  const key = randomBytes(32);
  const values = Array.from({ length: 20 }, (_, n) =>
    base64(
      JSON.stringify({ host: `db${n}.example.org`, password: randomBytes(9).toString('base64url') }),
      key,
    ),
  );
  const byCommand = await prepare(values, key);
  const byWindow = await prepare(values, key);
  await using _a = byCommand.folder;
  await using _b = byWindow.folder;
  await using _c = byCommand.database;
  await using _d = byWindow.database;
  await byCommand.folder.file('passphrase', passphrase);
  const inventory = await byCommand.folder.file('inventory.json', JSON.stringify({ version: 1, columns }));
  const password = new URL(byCommand.database.url).password;
  const run = async (...args: string[]): Promise<KeelRun> => {
    const ran = await byCommand.folder.run(args, {
      env: { PGPASSWORD: password, KEEL_PASSPHRASE: passphrase },
    });
    return ran;
  };

  await using window = await openTestWindow(join(byWindow.folder.path, 'home'));
  const added = await run(
    ...['env', 'add', name, '--database', byCommand.database.url, '--keep-keys-in', 'sealed-file'],
    ...['--inventory', inventory],
  );
  expect(added.status, added.stderr).toBe(0);
  const { environment } = await window.must('environments.add', {
    name,
    colour: 'blue',
    production: false,
    connection: { url: byWindow.database.url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  await window.must('inventory.write', { environment, columns, excluded: [] });
  const keyFile = await byCommand.folder.file('old.key', key.toString('base64'));
  const adopted = await run('key', 'import', '--env', name, '--key-file', keyFile);
  expect(adopted.status, adopted.stderr).toBe(0);
  await window.must('keys.adopt', { environment, source: { kind: 'typed', text: key.toString('base64') } });

  let before = {
    command: (await stateOf(byCommand)).log.length,
    window: (await stateOf(byWindow)).log.length,
  };
  for (const deed of deeds) {
    const ran = (await deed.command(run, byCommand)) as KeelRun;
    expect(ran.status, `${deed.what}: ${ran.stdout}${ran.stderr}`).toBe(0);
    await deed.window(window, environment, byWindow);
    const [command, answered] = [await stateOf(byCommand), await stateOf(byWindow)];
    expect(command.files, deed.what).toEqual(answered.files);
    expect(command.log.slice(before.command), deed.what).toEqual(answered.log.slice(before.window));
    before = { command: command.log.length, window: answered.log.length };
  }
});

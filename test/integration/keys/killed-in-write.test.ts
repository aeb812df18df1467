import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareVault } from '#test/support/databases/vault';
import { KeelFolder } from '#test/support/processes/keel-process';

const killer = join(import.meta.dirname, '../../support/processes/kill-in-write.mjs');
const secret = randomBytes(32).toString('base64');

/** Files under a folder that hold the text, hidden ones included. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const held = await Promise.all(files.map(async (file) => (await readFile(file, 'latin1')).includes(text)));
  return files.filter((_, i) => held[i]);
}

const writes = {
  'a new key': (folder: string) => ({
    args: ['key', 'generate', '--out', `${folder}/new.key`],
    name: 'new.key',
  }),
  'recovery words': (folder: string) => ({
    args: [
      'backup',
      'create',
      '--format',
      'words',
      '--yes',
      '--out',
      `${folder}/words.txt`,
      '--key-file',
      `${folder}/own.key`,
    ],
    name: 'words.txt',
  }),
} as const;

test.for(
  Object.entries(writes).flatMap(([what, command]) =>
    (['before', 'after'] as const).flatMap((when) =>
      [undefined, '1'].map((noLinks) => ({ what, command, when, noLinks })),
    ),
  ),
)(
  '$what, killed $when its file has its name (no links: $noLinks), leaves nothing that stays or blocks the next try',
  async ({ command, when, noLinks }) => {
    await using folder = await KeelFolder.create();
    await folder.file('own.key', secret);
    const { args, name } = command(folder.path);
    const env = { KEEL_KILL_WRITE: name, KEEL_KILL_WHEN: when, KEEL_NO_LINKS: noLinks };
    const killed = await folder.run(args, { preload: killer, env });
    expect(killed.status).toBe(null);
    const isThere = await stat(join(folder.path, name)).then(
      ({ size }) => size > 0,
      () => false,
    );
    const next = await folder.run(['key', 'inspect', '--json', '--key-file', `${folder.path}/own.key`]);
    expect(next.status).toBe(0);
    expect((await readdir(folder.path)).filter((file) => file.endsWith('.tmp'))).toEqual([]);
    if (isThere) return;
    expect(next.stderr).toMatch(/^removed .*, left behind by a Keel process that was killed$/m);
    expect(await folder.run(args)).toMatchObject({ status: 0 });
  },
);

test('a file of somebody else’s that was there before, empty too, is never removed', async () => {
  await using folder = await KeelFolder.create();
  await folder.file('new.key', '');
  const args = ['key', 'generate', '--out', `${folder.path}/new.key`];
  const env = { KEEL_KILL_WRITE: 'new.key', KEEL_KILL_WHEN: 'before', KEEL_NO_LINKS: undefined };
  expect((await folder.run(args, { preload: killer, env })).status).toBe(null);
  await folder.run(['key', 'inspect', '--json', '--key-file', `${folder.path}/new.key`]);
  expect(await readdir(folder.path)).toContain('new.key');
  expect((await readdir(folder.path)).filter((file) => file.endsWith('.tmp'))).toEqual([]);
});

test('a hand-off that is killed beside Ballast’s file leaves no key there after the next command', async () => {
  await using vault = await prepareVault();
  const { folder, keyFiles, keys } = vault;
  const fresh = keys.to.toString('base64');
  const envFile = await folder.file('.env', `ENCRYPTION_KEY=${keys.from.toString('base64')}\n`);
  const login = {
    KEEL_PASSPHRASE: 'spare anvil under the old bridge',
    PGPASSWORD: decodeURIComponent(new URL(vault.url).password),
  };
  const must = async (...args: string[]) => {
    const run = await folder.run([...args, '--json'], { env: login });
    expect(run.status, `${args.join(' ')}: ${run.stdout}${run.stderr}`).toBe(0);
  };
  await must('env', 'add', 'acme', '--database', vault.url, '--keep-keys-in', 'sealed-file');
  const given = ['--from-key-file', keyFiles.from, '--to-key-file', keyFiles.to];
  const inventory = ['--inventory', `${folder.path}/inventory.json`];
  await must('rotate', '--env', 'acme', '--yes', '--accept', 'other-sessions', ...inventory, ...given);
  const env = { ...login, KEEL_KILL_WRITE: '/.env', KEEL_KILL_WHEN: 'before' };
  const args = ['handoff', 'apply', '--json', '--env', 'acme', '--env-file', envFile];
  const killed = await folder.run(args, { preload: killer, env });
  expect(killed.status, killed.stdout).toBe(null);
  expect(await filesWith(folder.path, fresh)).toHaveLength(2);
  const next = await folder.run(['leftovers', '--json', '--env', 'acme'], { env: login });
  expect(next.stderr).toMatch(/^removed .*\.env.*\.tmp, left behind/m);
  expect(await filesWith(folder.path, fresh)).toEqual([keyFiles.to]);
  await must('handoff', 'apply', '--env', 'acme', '--env-file', envFile);
});

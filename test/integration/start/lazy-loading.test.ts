import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { KeelFolder } from '#test/support/processes/keel-process';

const recordLoads = resolve(import.meta.dirname, '../../support/processes/record-loads.mjs');
const commands = resolve(import.meta.dirname, '../../../src-main/commands');
const fixtureKey = 'q83v7N5mJcTq2x0WzB1kVnY4uR8sLdPfHgAeOiZtXyM=';

describe('a command loads what it needs', () => {
  test.for([['--help'], ['key', '--help'], ['help', 'fleet'], ['no-such-command']])(
    'keel %s loads no command, and of the libraries only that of the command line',
    async (args) => {
      await using folder = await KeelFolder.create();
      const { own, libraries } = await loadedBy(folder, args);
      expect(libraries).toEqual(['commander']);
      expect(own.filter((file) => definitions.includes(file))).toEqual([]);
      expect(own).toContain('src-main/commands/command-list.ts');
    },
  );

  test.for([
    ['src-main/commands/rotation/rotate.ts', ['rotate', '--help']],
    ['src-main/commands/api-keys/list.ts', ['api-key', 'list', '--help']],
    ['src-main/commands/handoff/apply.ts', ['help', 'handoff', 'apply']],
    ['src-main/commands/posture/command.ts', ['posture', '--help']],
  ] as const)('help of one command loads that one alone: %s', async ([file, args]) => {
    await using folder = await KeelFolder.create();
    const { own, libraries } = await loadedBy(folder, args);
    expect(definitions.length).toBeGreaterThan(40);
    expect(own.filter((one) => definitions.includes(one))).toEqual([file]);
    expect(libraries).not.toContain('pg');
    expect(libraries).not.toContain('age-encryption');
  });

  test.for([
    ['key', 'generate', '--out', 'new.key'],
    ['key', 'inspect', '--key-env', 'KEY'],
    ['key', 'list'],
    ['env', 'list'],
    ['audit', 'show'],
    ['audit', 'verify'],
    ['audit', 'export', '--out', 'log.csv'],
  ])(
    'keel %s %s needs no database, and loads no driver, no cipher library and no reader of others’ files',
    async (args) => {
      await using folder = await KeelFolder.create();
      const { status, libraries } = await loadedBy(folder, args);
      expect(status).toBe(0);
      expect(libraries.filter((name) => heavy.includes(name))).toEqual([]);
    },
  );

  test('and what is loaded is seen: the driver by a connection, the age library by an age file', async () => {
    await using folder = await KeelFolder.create();
    const database = 'postgres://nobody@127.0.0.1:1/none?sslmode=disable';
    const connecting = await loadedBy(folder, ['discover', '--database', database, '--key-env', 'KEY']);
    expect(connecting.libraries).toEqual(expect.arrayContaining(['pg', 'zod', 'jsonc-parser']));
    const file = await folder.file('backup.age', 'age-encryption.org/v1\n-> scrypt none\n');
    const drill = await loadedBy(folder, [
      'backup',
      'drill',
      '--artefact',
      file,
      '--expect',
      '0000-0000-0000-0000',
    ]);
    expect(drill.libraries).toContain('age-encryption');
  });
});

/** Libraries that take longer to load than Node itself, or nearly so. */
const heavy = [
  'pg',
  'pg-copy-streams',
  'age-encryption',
  'yaml',
  'jsonc-parser',
  'bcrypt',
  'mongodb',
  'pdfkit',
  'qr',
];

/** The files that define commands, as the lists of commands name them. */
const definitions = ['command-list.ts', ...readdirSync(commands).map((folder) => `${folder}/group.ts`)]
  .filter((list) => existsSync(join(commands, list)))
  .flatMap((list) =>
    [...readFileSync(join(commands, list), 'utf8').matchAll(/import\('(.+?)'\)/g)].map(
      ([, path = '']) => `src-main/commands/${posix.join(posix.dirname(list), path)}`,
    ),
  );

/** Runs the built command line and tells which files of ours and which libraries its chunks and imports brought. */
async function loadedBy(folder: KeelFolder, args: readonly string[]) {
  const list = join(folder.path, 'loads');
  const inFolder = args.map((arg) => (/\.(key|csv)$/.test(arg) ? join(folder.path, arg) : arg));
  const { status } = await folder.run(inFolder, {
    preload: recordLoads,
    env: { KEEL_TEST_LOADS: list, KEY: fixtureKey, KEEL_PASSPHRASE: 'five random words it is' },
  });
  const files = (await readFile(list, 'utf8'))
    .split('\n')
    .filter((url) => url.startsWith('file:'))
    .map((url) => fileURLToPath(url));
  const modules = (
    await Promise.all(
      files.map(async (file) => {
        if (!/[\\/]out[\\/]main[\\/]/.test(file)) return [file];
        // the bundler names each module that it puts into a chunk
        return [...(await readFile(file, 'utf8')).matchAll(/^\/\/ ((?:src-main|node_modules)\/\S+)$/gm)].map(
          ([, name]) => name as string,
        );
      }),
    )
  ).flat();
  const libraries = modules.flatMap(
    (name) => /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(name)?.[1] ?? [],
  );
  return {
    status,
    own: modules.filter((name) => name.startsWith('src-main/')),
    libraries: [...new Set(libraries)].sort(),
  };
}

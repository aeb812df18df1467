import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';

const keel = resolve(import.meta.dirname, '../../../out/main/cli.js');

/** What a shell would offer for a line that is being typed, in its own words. */
type Offered = (line: readonly string[]) => Promise<string[]>;

const shells = {
  /** As readline asks it: the words, and the one that the cursor is in. */
  bash: (folder: KeelFolder) => async (line: readonly string[]) =>
    lines(
      await run('bash', folder, [
        '-c',
        'source <(keel completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _keel; printf "%s\\n" "${COMPREPLY[@]}"',
        'bash',
        ...line,
      ]),
    ),
  fish: (folder: KeelFolder) => async (line: readonly string[]) =>
    lines(
      await run('fish', folder, [
        '--no-config',
        '-c',
        `keel completion fish | source; complete -C '${line.join(' ')}'`,
      ]),
    ).map((offered) => offered.split('\t')[0] as string),
  /** zsh completes in a terminal only: its own functions are given stand-ins that print what they are called with. */
  zsh: (folder: KeelFolder) => async (line: readonly string[]) =>
    lines(
      await run('zsh', folder, [
        '-fc',
        `compdef() { :; }; _describe() { print -l -- "\${(@)\${(P@)4}%%:*}"; }; compadd() { [[ $1 == -a ]] && print -l -- "\${(P@)2}" || print -l -- "\${@:2}"; }; _files() { print FILES; }
        source <(keel completion zsh); words=("$@"); CURRENT=$#; PREFIX=$words[CURRENT]; _keel`,
        'zsh',
        ...line,
      ]),
    ),
} satisfies Record<string, (folder: KeelFolder) => Offered>;

describe.each(Object.keys(shells) as (keyof typeof shells)[])('completion for %s', (shell) => {
  const missing = !isInstalled(shell);
  let folder: KeelFolder;
  let offered: Offered;

  beforeAll(async () => {
    folder = await KeelFolder.create();
    const database = await createTestDatabase();
    await mkdir(join(folder.path, 'bin'));
    const program = join(folder.path, 'bin/keel');
    await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${keel}' "$@"\n`);
    await chmod(program, 0o755);
    const { url } = database;
    const args = ['env', 'add', "Ballast's own", '--database', url, '--keep-keys-in', 'sealed-file'];
    const env = { KEEL_PASSPHRASE: 'correct horse battery staple again' };
    expect(await folder.run(args, { env })).toMatchObject({ status: 0 });
    offered = shells[shell](folder);
    return async () => {
      await database[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    };
  });

  test.skipIf(missing)('offers commands, then those within, then options', async () => {
    expect(await offered(['keel', ''])).toEqual(expect.arrayContaining(['rotate', 'key', 'completion']));
    expect(await offered(['keel', 'key', ''])).toEqual(
      expect.arrayContaining(['generate', 'list', 'destroy']),
    );
    expect(await offered(['keel', 'key', 'list', '--'])).toEqual(expect.arrayContaining(['--json', '--env']));
    expect(await offered(['keel', 'key', 'list', '--'])).not.toContain('--lock-timeout');
  });

  test.skipIf(missing)('offers the words that an option takes', async () => {
    expect(await offered(['keel', 'rotate', '--keep-keys-in', ''])).toEqual(
      expect.arrayContaining(['keychain', 'sealed-file', 'own-files']),
    );
  });

  test.skipIf(missing).for([[['keel', 'rotate', '--env', '']], [['keel', 'env', 'show', '']]])(
    'offers the names of environments as one word each: %s',
    async ([line]) => {
      const names = await offered(line as string[]);
      expect(names.map((name) => name.replaceAll('\\', ''))).toEqual(["Ballast's own"]);
    },
  );

  test.skipIf(missing)('offers the words that an argument may be, and options beside them', async () => {
    expect(await offered(['keel', 'completion', ''])).toEqual(
      expect.arrayContaining(['bash', 'zsh', 'fish']),
    );
    expect(await offered(['keel', 'env', 'show', '--'])).toContain('--json');
  });

  test.skipIf(missing)('knows a command by each of its names', async () => {
    for (const name of ['import', 'adopt'])
      expect(await offered(['keel', 'key', name, '--'])).toEqual(expect.arrayContaining(['--key-file']));
  });
});

function isInstalled(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'exit 0']);
    return true;
  } catch {
    return false;
  }
}

async function run(program: string, folder: KeelFolder, args: readonly string[]): Promise<string> {
  const env = {
    PATH: `${join(folder.path, 'bin')}:${process.env['PATH']}`,
    HOME: folder.path,
    KEEL_HOME: join(folder.path, 'home'),
  };
  const { stdout } = await promisify(execFile)(program, args, { env });
  return stdout;
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeelFolder } from '#test/support/processes/keel-process';

const root = resolve(import.meta.dirname, '../../..');
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string };
const keel = resolve(root, 'out/main/cli.js');

test.for(['--version', '-V'])('keel %s says which Keel this is', async (flag) => {
  await using folder = await KeelFolder.create();
  const { status, stdout, stderr } = await folder.run([flag]);
  expect([status, stdout, stderr]).toEqual([0, `keel ${version}\n`, '']);
});

test.for([
  [['rotat'], '`rotate`'],
  [['key', 'lst'], '`list`'],
  [['env', 'list', '--jsn'], '`--json`'],
] as const)('keel %s is met with the name that was probably meant', async ([args, meant]) => {
  await using folder = await KeelFolder.create();
  const { status, stderr } = await folder.run(args);
  expect(status).toBe(2);
  expect(stderr).toContain(`did you mean ${meant}?`);
});

test.for([
  ['key', 'import', '--help'],
  ['help', 'key', 'import'],
  ['key', 'help', 'import'],
])('keel %s %s %s is the help of the command that imports a key', async (args) => {
  await using folder = await KeelFolder.create();
  const { status, stdout } = await folder.run(args);
  expect(status).toBe(0);
  expect(stdout).toContain('Usage: keel key import|adopt [options]');
  expect(stdout).toContain('--key-file <file>');
});

test('the help of --accept lists each code once', async () => {
  await using folder = await KeelFolder.create();
  const { stdout } = await folder.run(['rotate', '--help']);
  expect(stdout.match(/"?other-sessions"?/g)).toHaveLength(1);
});

test.for([
  ['rotate --frobnicate', 'keel rotate --help'],
  ['backup create --nonsense', 'keel backup create --help'],
  ['frobnicate', 'keel --help'],
] as const)('keel %s points to the help of what was typed', async ([typed, help]) => {
  await using folder = await KeelFolder.create();
  const { stderr } = await folder.run(typed.split(' '));
  expect(stderr).toContain(`see \`${help}\``);
});

test('a name that is like no other is met with no guess', async () => {
  await using folder = await KeelFolder.create();
  const { status, stderr } = await folder.run(['frobnicate']);
  expect(status).toBe(2);
  expect(stderr).not.toContain('did you mean');
});

test.for([
  ['key', 'generate'],
  ['key', 'import'],
  ['handoff', 'apply'],
  ['handoff', 'undo'],
  ['handoff', 'running'],
])('the help of keel %s %s shows every option that it takes', async (args) => {
  await using folder = await KeelFolder.create();
  const { stdout } = await folder.run([...args, '--help']);
  expect(stdout).toContain('--database <url>');
  expect(stdout).toContain('--env <name>');
});

describe.skipIf(process.platform === 'win32')('output that nobody takes', () => {
  test.for([[['env', 'list', '--json']], [['env', 'list']], [['--help']]])(
    'keel %s is no success where what it says cannot be written',
    async ([args = []]) => {
      await using folder = await KeelFolder.create();
      const { status, stderr } = await shell(`node "$KEEL" ${args.join(' ')} > /dev/full`, folder);
      expect(status).toBe(1);
      expect(stderr).toContain('keel: the output could not be written to standard output');
      expect(stderr).not.toMatch(/\bat .*\.js/);
    },
  );

  test.for(['--help', 'env list', 'env list --json', 'rotat'])(
    'keel %s ends without a word where its reader has gone',
    async (args) => {
      await using folder = await KeelFolder.create();
      // the reader is gone before Keel starts
      const { stderr } = await shell(`{ sleep 0.5; node "$KEEL" ${args} 2>&3; } 3>&2 | true`, folder);
      expect(stderr).not.toMatch(/EPIPE|\bat .*\.js/);
    },
  );

  test('a JSON object that did not reach its reader is no success', async () => {
    await using folder = await KeelFolder.create();
    const script = `{ sleep 0.5; node "$KEEL" env list --json; echo "ended $?" >&2; } | true`;
    const { stderr } = await shell(script, folder);
    expect(stderr).toBe('ended 1\n');
  });

  test('messages that nobody reads do not end the work', async () => {
    await using folder = await KeelFolder.create();
    const { status, stdout } = await shell('node "$KEEL" key inspect --key-env KEY 2> /dev/full', folder);
    expect(status).toBe(0);
    expect(stdout).toContain('1387-63b6');
  });
});

async function shell(script: string, folder: KeelFolder) {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder.path,
    KEEL_HOME: `${folder.path}/home`,
    KEEL: keel,
    KEY,
  };
  const run = promisify(execFile)('bash', ['-c', script], { env });
  return run.then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({
      status: code as number,
      stdout: String(stdout),
      stderr: String(stderr),
    }),
  );
}

const KEY = 'q83v7N5mJcTq2x0WzB1kVnY4uR8sLdPfHgAeOiZtXyM=';

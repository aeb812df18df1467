import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { secretName } from '#handoff/container-secret';
import { runProgram } from '#handoff/programs/outside-program';
import { applyHandoff, planHandoff, takeBackHandoff } from '#handoff/target';
import { leftInMemory } from '#test/support/left-in-memory';
import { test } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey, third } from './keys.ts';

const works = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const hasPodman = works('podman', 'secret', 'ls');
const hasDocker = works('docker', 'secret', 'ls');
const hasCredentials = process.getuid?.() === 0 && works('systemd-creds', 'setup');

describe('a secret of containers', () => {
  for (const [program, has] of [
    ['podman', hasPodman],
    ['docker', hasDocker],
  ] as const) {
    test.skipIf(!has)(
      `of ${program} is created under a name of its own, and removed again (skipped where ${program} keeps no secrets)`,
      async () => {
        const name = `keel_test_${randomBytes(4).toString('hex')}`;
        const target: HandoffTarget = { kind: `${program}-secret`, name };
        expect((await planHandoff(target, newKey)).holds).toBeUndefined();
        expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({
          changed: true,
          where: secretName({ name }, newKey.fingerprint),
        });
        expect(await planHandoff(target, newKey)).toMatchObject({ holds: newKey.fingerprint });
        expect(await applyHandoff(target, undefined, newKey)).toMatchObject({ changed: false });
        await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey });
        expect((await planHandoff(target, newKey)).holds).toBeUndefined();
      },
    );
  }

  test('whose program is not there is refused with what to do', async () => {
    await expect(runProgram('keel-has-no-such-program' as never, [])).rejects.toMatchObject({
      code: 'file-unwritable',
      message: 'keel-has-no-such-program cannot be run (ENOENT); nothing was changed',
    });
  });
});

describe.skipIf(process.platform === 'win32')('what a program writes', () => {
  const run = (script: string) => runProgram('sh' as never, ['-c', script]);

  test('is refused where it is longer than a secret may be, instead of read in part', async () => {
    await expect(run('head -c 1048577 /dev/zero')).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('sh wrote more than 1 MiB, so its output was not read'),
    });
    expect((await run('head -c 1048576 /dev/zero')).stdout).toHaveLength(1_048_576);
  });

  test('to its standard error takes nothing from its output', async () => {
    const answer = await run('head -c 1500000 /dev/zero >&2; echo a value');
    expect(answer.stdout.toString()).toBe('a value\n');
  });

  test('to its standard error is left nowhere, since it may be a secret', async () => {
    const secret = randomBytes(16).toString('hex');
    const work = async () => {
      const answer = await run(`echo ${secret} >&2; echo ${secret}`);
      expect(answer.wrote(new RegExp(secret))).toBe(true);
      answer.stdout.fill(0);
    };
    expect(await leftInMemory([secret], work)).toEqual([]);
  });
});

describe('a program that does not end in time', () => {
  const none = Buffer.alloc(0);
  test.skipIf(process.platform === 'win32').for<[string, string, Buffer]>([
    ['and left a child that keeps its pipes', 'sleep 600 & echo $! > "$0"', none],
    ['and waits for a child', 'sleep 600 & echo $! > "$0"; wait', none],
    ['and does not listen to the wish to end', `trap '' TERM; sleep 600 & echo $! > "$0"; wait; wait`, none],
    ['and was given something', 'sleep 600 & echo $! > "$0"; wait', Buffer.from('a key')],
  ])('%s is ended with all that it started', async ([, script, input], { folder }) => {
    const path = join(folder, 'pid');
    await expect(
      runProgram('sh' as never, ['-c', script, path], input, undefined, 1000),
    ).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('sh did not finish'),
    });
    const child = Number(await readFile(path, 'utf8'));
    expect(child).toBeGreaterThan(1);
    await expect.poll(() => isRunning(child), { timeout: 20_000 }).toBe(false);
  });
});

/** A process that ended and that nobody has taken note of yet is not running. */
async function isRunning(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (process.platform === 'linux') return state !== undefined && !/\) [ZX]/.test(state);
  return works('ps', '-p', `${pid}`);
}

test.skipIf(!hasCredentials)(
  'a systemd credential is sealed, opened again, and taken back (skipped where systemd-creds or root is missing)',
  async ({ folder }) => {
    const path = join(folder, 'encryption-key.cred');
    const target: HandoffTarget = { kind: 'systemd-credential', path, name: 'ENCRYPTION_KEY' };
    await applyHandoff(target, undefined, oldKey);
    expect(await planHandoff(target, newKey)).toMatchObject({ holds: oldKey.fingerprint });
    await expect(applyHandoff(target, third.fingerprint, newKey)).rejects.toMatchObject({
      code: 'key-wrong',
    });
    await applyHandoff(target, oldKey.fingerprint, newKey);
    const opened = spawnSync('systemd-creds', ['decrypt', '--name=ENCRYPTION_KEY', path, '-']);
    expect(opened.stdout.toString()).toBe(fresh);
    const sealed = await readFile(path, 'latin1');
    for (const key of [old, fresh]) expect(sealed).not.toContain(key);
    await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey });
    expect(await planHandoff(target, newKey)).toMatchObject({ holds: oldKey.fingerprint });
    await expect(planHandoff({ ...target, name: 'another' }, newKey)).rejects.toMatchObject({
      code: 'file-unwritable',
    });
  },
);

import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { runProgram } from '#handoff/programs/outside-program';
import { childEnvironment, withChildEnvironment } from '#storage/child-environment';

const secrets = ['KEEL_PASSPHRASE', 'PGPASSWORD', 'ENCRYPTION_KEY', 'AWS_SECRET_ACCESS_KEY', 'VAULT_TOKEN'];

/** With variables that are secret, and one of each kind that is not. */
async function withVariables<T>(run: () => Promise<T> | T): Promise<T> {
  const before = { ...process.env };
  for (const name of secrets) process.env[name] = 'hunter2';
  process.env['LC_TIME'] = 'C';
  try {
    return await run();
  } finally {
    for (const name of [...secrets, 'LC_TIME']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

describe('a program that Keel starts', () => {
  test('is given where things are, and nothing that is secret', () =>
    withVariables(() => {
      const given = childEnvironment();
      expect(JSON.stringify(given)).not.toContain('hunter2');
      expect(given).toMatchObject({ PATH: process.env['PATH'], LC_TIME: 'C' });
    }));

  test.skipIf(process.platform === 'win32')('of the hand-off has no more in its environment', () =>
    withVariables(async () => {
      const { stdout } = await runProgram('env' as never, []);
      expect(stdout.toString()).toContain('PATH=');
      expect(stdout.toString()).not.toContain('hunter2');
      // the same by way of the shell, which input takes
      const piped = await runProgram('sh' as never, ['-c', 'cat >/dev/null; env'], Buffer.from('x'));
      expect(piped.stdout.toString()).not.toContain('hunter2');
    }),
  );

  test.skipIf(process.platform === 'win32')('by a library has no more either, and Keel has all again', () =>
    withVariables(async () => {
      const seen = await withChildEnvironment(async () => execFileSync('env', { encoding: 'utf8' }));
      expect(seen).not.toContain('hunter2');
      await expect(
        withChildEnvironment(async () => {
          throw new Error('it did not start');
        }),
      ).rejects.toThrow('it did not start');
      for (const name of secrets) expect(process.env[name]).toBe('hunter2');
    }),
  );
});

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const watched = join(import.meta.dirname, '../sample/watched.mjs');

describe.skipIf(process.platform === 'win32')('a run of tests that nobody watches', () => {
  test('is passed on with its exit code', async () => {
    expect(await run("console.log('2 passed, 1 failed'); process.exitCode = 3")).toEqual({
      code: 3,
      stdout: '2 passed, 1 failed\n',
      stderr: '',
    });
  });

  test('is killed with all that it started once it writes nothing any more, and has failed', async () => {
    const { code, stdout, stderr } = await run(
      "console.log('begun'); require('child_process').spawn('sleep', ['1000'], { stdio: 'inherit' }); setInterval(() => {}, 1000)",
    );
    expect(code).toBe(1);
    expect(stdout).toBe('begun\n');
    expect(stderr).toContain('wrote nothing for 2 s, and was killed');
    expect(stderr).toContain('sleep 1000');
  });

  test('is judged by its count if all that hangs is its end', async () => {
    const hanging = (line: string) => run(`console.log('${line}'); setInterval(() => {}, 1000)`);
    const good = await hanging('7 passed, 0 failed, 2 skipped');
    expect(good.code).toBe(0);
    expect(good.stderr).toContain('UNSTEADY: -e did not end within 0.2 s after its last test');
    expect((await hanging('e2e: 7 passed, 2 failed (in the Chromium host)')).code).toBe(1);
  });
});

/** Watches a program of Node from another process: what is written is that one's own. */
async function run(program: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const main = `
    const { runWatched } = await import(${JSON.stringify(watched)});
    process.exit(await runWatched(process.execPath, ['-e', ${JSON.stringify(program)}], { silenceMs: 2000, endMs: 200 }));`;
  const args = ['--input-type=module', '-e', main];
  return promisify(execFile)(process.execPath, args).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (failure: { code: number; stdout: string; stderr: string }) => ({
      code: failure.code,
      stdout: failure.stdout,
      stderr: failure.stderr,
    }),
  );
}

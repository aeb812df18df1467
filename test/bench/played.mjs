import { execFileSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine } from './keel.mjs';

/** What a file here measured in the window, by the specs’ own launcher, which Playwright runs; nothing where there is no browser for it. */
export async function played(folder, bench) {
  const file = join(folder, 'window.json');
  try {
    execFileSync('npx', ['playwright', 'test', '--config', 'test/bench/playwright.config.ts', bench], {
      cwd: join(commandLine, '../../..'),
      env: { ...process.env, KEEL_BENCH_WINDOW: file },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    process.stderr.write(`the window was not measured: ${error.message}\n`);
    return undefined;
  } finally {
    await rm(file, { force: true });
  }
}

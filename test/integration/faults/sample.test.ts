import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const script = join(import.meta.dirname, '../../faults/run.mjs');

/** What the run of `npm run test:faults` says, with the seed that repeats it. */
async function runFaults(...args: string[]): Promise<{ status: number; said: string }> {
  const child = spawn(process.execPath, [script, '--workers', '1', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number>((done) => {
    child.once('close', (status) => done(status ?? -1));
  });
  const [said, status] = await Promise.all([text(child.stderr), ended]);
  return { status, said };
}

// at most so many; on a busy machine as many as the time allows, one at least
test('a sample of faults and histories, of a fresh seed, loses nothing', { timeout: 400_000 }, async () => {
  const { status, said } = await runFaults('--faults', '5', '--histories', '1', '--minutes', '0.3');
  expect(said).toMatch(/[1-9]\d* faults injected|[1-9]\d* histories/);
  expect(status, said).toBe(0);
});

test('the judge of these faults notices rows that are noise or gone, a lost ring, and a key in clear', {
  timeout: 400_000,
}, async () => {
  const harmless = ['--step', 'undo', '--kind', 'COMMIT’s answer late'];
  const { status, said } = await runFaults(...harmless, '--tamper', 'all');
  expect(said).toMatch(/case 0.*\n {2}rows: no key opens vault 9 s/);
  expect(said).toMatch(/case 1.*\n {2}rows: no key opens a row that is gone/);
  expect(said).toMatch(/case 2.*\n {2}key: recover names null/);
  expect(said).toMatch(/case 3.*\n.*\n {2}leftover: key a in clear in \.env\.0123\.tmp/);
  expect(said).toContain('4 faults injected, 0 survived');
  expect(status).toBe(1);
});

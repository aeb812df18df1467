// Runs the tests of ciphers, key ring and backups on BoringSSL, as Electron has it: Bun implements `node:crypto` on it. It is fetched into a
// folder of its own, and is no dependency of Keel's.
// usage: npm run test:boringssl
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const version = '1.4.5';
const folder = mkdtempSync(join(tmpdir(), 'keel-boringssl-'));
try {
  execFileSync(
    'npm',
    ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `bun@${version}`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const bun = join(folder, 'node_modules/.bin/bun');
  const suites = ['crypto', 'keyring', 'backup'].map((room) => `test/unit/${room}`);
  const { status } = spawnSync(
    bun,
    ['--bun', 'node_modules/.bin/vitest', 'run', '--project', 'unit', ...suites],
    {
      stdio: 'inherit',
    },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

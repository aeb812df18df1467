// Runs the rotation's whole story on every PostgreSQL that Keel supports; `npm run test:all` runs it on the oldest and the newest.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('npx', ['vitest', 'run', 'test/integration/rotation/versions.test.ts'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, KEEL_TEST_VERSIONS: 'all' },
});
process.exit(status ?? 1);

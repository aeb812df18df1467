// Runs Keel on BoringSSL, as Electron has it: Bun implements `node:crypto` on it. What one of both makes, the other has to restore: keys,
// backups of each form, and a whole rotation. Bun is fetched into a folder of its own, and is no dependency of Keel's.
// usage: npm run test:boringssl
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const version = '1.4.5';
const commandLine = resolve('out/main/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'keel-boringssl-'));
const complaints = [];
let done = 0;

try {
  const install = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `bun@${version}`];
  execFileSync('npm', install, { stdio: ['ignore', 'ignore', 'ignore'] });
  const runtimes = { OpenSSL: process.execPath, BoringSSL: join(folder, 'node_modules/.bin/bun') };
  for (const [name, other] of [
    ['OpenSSL', 'BoringSSL'],
    ['BoringSSL', 'OpenSSL'],
  ])
    checkBackups(runtimes, name, other);
  expectEnd(keel(runtimes.BoringSSL, ['demo']), 'demo', 'BoringSSL');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const words of complaints) process.stderr.write(`${words}\n`);
process.stdout.write(`boringssl: ${done} passed, ${complaints.length} failed\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;

/** A key made on one, backed up there in each form, restored on the other. */
function checkBackups(runtimes, name, other) {
  const at = join(folder, name);
  mkdirSync(at);
  const file = (path) => join(at, path);
  const passphrase = file('passphrase');
  writeFileSync(passphrase, 'five random words for a test');
  expectEnd(keel(runtimes[name], ['key', 'generate', '--out', file('made.key')]), 'key generate', name);
  const shares = ['share-1-of-3-ada.txt', 'share-3-of-3-edsger.txt'];
  const forms = {
    age: {
      make: ['--passphrase-file', passphrase, '--out', file('key.age')],
      restore: ['--artefact', file('key.age'), '--passphrase-file', passphrase],
    },
    words: { make: ['--out', file('words.txt')], restore: ['--artefact', file('words.txt')] },
    shares: {
      make: [
        ...['--threshold', '2', '--holder', 'Ada', '--holder', 'Grace', '--holder', 'Edsger'],
        ...['--out', file('shares')],
      ],
      restore: ['--artefact', ...shares.map((share) => file(join('shares', share)))],
    },
  };
  for (const [form, { make, restore }] of Object.entries(forms)) {
    const made = ['backup', 'create', '--format', form, '--key-file', file('made.key'), '--yes', ...make];
    expectEnd(keel(runtimes[name], made), `backup create ${form}`, name);
    const restored = file(`${form}.key`);
    const run = keel(runtimes[other], ['backup', 'restore', ...restore, '--out', restored]);
    expectEnd(run, `restore ${form}`, other);
    // what did not end well has left no key to compare
    if (run.status !== 0) continue;
    if (readFileSync(restored, 'utf8').trim() === readFileSync(file('made.key'), 'utf8').trim()) done += 1;
    else complaints.push(`${form}: ${other} restored another key than ${name} had backed up`);
  }
}

function keel(runtime, args) {
  const env = { PATH: process.env.PATH, HOME: folder, KEEL_HOME: join(folder, 'home') };
  return spawnSync(runtime, [commandLine, ...args], { env, encoding: 'utf8' });
}

function expectEnd({ status, stderr }, what, on) {
  if (status === 0) done += 1;
  else complaints.push(`${what} on ${on} ended with ${status}: ${stderr}`);
}

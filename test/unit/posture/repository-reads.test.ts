import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, expect, vi } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { checkPosture } from '#posture/look/check-posture';
import { test } from '#test/support/temp-folder';

afterEach(() => vi.unstubAllEnvs());

test.skipIf(process.platform === 'win32')(
  'a repository is looked through once for all key files in it',
  async ({ folder }) => {
    const repository = join(folder, 'repository');
    await mkdir(repository);
    using key = generateEncryptionKey();
    const keyFiles = ['a.env', 'b.env', 'c.env'].map((name) => join(repository, name));
    for (const path of keyFiles) await writeFile(path, `ENCRYPTION_KEY=${key.toBase64()}\n`);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
        cwd: repository,
        encoding: 'utf8',
      });
    git('init', '-q');
    git('add', 'a.env');
    git('commit', '-q', '-m', 'one');
    const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
    const calls = join(folder, 'calls');
    await writeFile(join(folder, 'git'), `#!/bin/sh\necho "$*" >> '${calls}'\nexec '${real}' "$@"\n`);
    await chmod(join(folder, 'git'), 0o755);
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`);

    const facts = await checkPosture(
      {
        places: { oauth: [], keyFiles },
        inventory: [],
        answers: [],
        keys: {
          active: { fingerprint: key.fingerprint, since: '', adopted: true, proofs: 0 },
          others: [],
          sharedWith: [],
          drillEveryDays: 90,
          known: [key.fingerprint],
        },
      },
      { signal: new AbortController().signal },
    );
    expect(facts.keyFiles.map(({ objects }) => objects?.keys)).toEqual(keyFiles.map(() => [key.fingerprint]));
    const looked = (await readFile(calls, 'utf8')).split('\n').filter((call) => call.includes('cat-file'));
    expect(looked).toHaveLength(1);
  },
);

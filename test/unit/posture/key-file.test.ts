import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { judgeKeyFiles } from '#posture/judge/judge-key-files';
import { lookAtKeyFile } from '#posture/look/key-file';
import { test as base } from '#test/support/temp-folder';

/** A folder that everyone may enter: what is in it is as open as its own rights are. */
const test = base.extend<{ open: string }>({
  open: async ({ folder }, use) => {
    await chmod(folder, 0o755);
    await use(folder);
  },
});

const signal = new AbortController().signal;
const example = 'aaxqwQD9JlKPkyhBoZbpjwQysmeVAovra2FTMUOa6Vo=';
const aKey = () => {
  using key = generateEncryptionKey();
  return { text: key.toBase64(), fingerprint: key.fingerprint };
};

async function findings(
  path: string,
  active?: string,
  others: readonly string[] = [],
): Promise<Record<string, string>> {
  const known = active === undefined ? others : [active, ...others];
  const file = await lookAtKeyFile(path, new Set(known), signal);
  const keys =
    active === undefined
      ? undefined
      : {
          active: { fingerprint: active, since: '', adopted: true, proofs: 0 },
          others: [],
          sharedWith: [],
          drillEveryDays: 90,
          known,
        };
  const found = judgeKeyFiles({ at: '', oauth: [], answers: [], keyFiles: [file], ...(keys && { keys }) });
  return Object.fromEntries(
    found.map(({ id, status, seen }) => [id.replace('keys.file.1.', ''), `${status}: ${seen}`]),
  );
}

async function write(path: string, text: string, mode = 0o600): Promise<string> {
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder });

describe.skipIf(process.platform === 'win32')('the rights of a key file', () => {
  test.for([
    [0o600, /^pass/],
    [0o640, /^warn: its group can read/],
    [0o644, /^fail: every account on the machine can read/],
    [0o666, /^fail: every account on the machine can change or replace/],
  ] as const)('%o are judged', async ([mode, seen], { open }) => {
    expect((await findings(await write(join(open, '.env'), '', mode))).rights).toMatch(seen);
  });

  test('do not matter in a folder that lets nobody else in', async ({ open }) => {
    await chmod(open, 0o700);
    expect((await findings(await write(join(open, '.env'), '', 0o604))).rights).toMatch(/^pass/);
  });

  test('are of no use in a folder that everyone may write to', async ({ open }) => {
    const path = await write(join(open, '.env'), '');
    await chmod(open, 0o777);
    expect((await findings(path)).rights).toMatch(/^fail: .*replace/);
  });

  test('are those of the file that a link leads to', async ({ open }) => {
    const real = await write(join(open, 'real.env'), '', 0o644);
    await symlink(real, join(open, '.env'));
    expect((await findings(join(open, '.env'))).rights).toMatch(/^fail/);
  });
});

describe('git', () => {
  test('is told of in every case: ignored, not ignored, tracked, and tracked once', async ({ open }) => {
    const path = await write(join(open, '.env'), `ENCRYPTION_KEY=${aKey().text}\n`);
    expect((await findings(path)).git).toBe('pass: it is not in a git work tree');
    git(open, 'init', '-q');
    expect((await findings(path)).git).toMatch(/^warn: .*nothing prevents it from being committed/);
    await writeFile(join(open, '.gitignore'), '.env\n');
    expect((await findings(path)).git).toMatch(
      /^pass: it is in a git work tree, which ignores it; none of 0 files/,
    );
    git(open, 'add', '-f', '.env');
    expect((await findings(path)).git).toMatch(
      /^fail: the repository, .* contains key .*, which is also in this file: every clone has it/,
    );
    git(open, 'commit', '-qm', 'x');
    git(open, 'rm', '-q', '--cached', '.env');
    git(open, 'commit', '-qm', 'y');
    expect((await findings(path)).git).toMatch(/^fail: the repository, including its history, contains key/);
  });

  test('is asked for the key itself: in files that were renamed, removed, on another branch or encoded', async ({
    open,
  }) => {
    const [active, retired] = [aKey(), aKey()];
    git(open, 'init', '-q');
    const path = await write(join(open, 'compose.yaml'), 'services: {}\n');
    const found = () => findings(path, active.fingerprint, [retired.fingerprint]);
    git(open, 'add', '.');
    git(open, 'commit', '-qm', 'x');
    expect((await found()).git).toMatch(/^pass: git tracks it; .*none of 1 files in its history/);
    await write(join(open, 'notes.txt'), `once: ${retired.text}\n`);
    git(open, 'add', '.');
    git(open, 'commit', '-qm', 'y');
    expect((await found()).git).toMatch(/^warn: .*which is not the active one/);
    git(open, 'checkout', '-qb', 'other');
    await write(join(open, 'prod.yaml'), `k: ${Buffer.from(active.text).toString('base64')}\n`);
    git(open, 'add', '.');
    git(open, 'commit', '-qm', 'z');
    git(open, 'checkout', '-q', '-');
    const { git: seen } = await found();
    expect(seen).toMatch(
      /^fail: the repository, including its history, contains key .*, the active one: every clone has it/,
    );
    expect(seen).not.toContain(active.text);
  });

  test('is searched for the key of the file, whether or not Keel has a key ring', async ({ open }) => {
    const key = aKey();
    git(open, 'init', '-q');
    await write(join(open, '.gitignore'), '.env\n');
    await write(join(open, 'old.yaml'), `value: "${key.text}"\n`);
    git(open, 'add', '.');
    git(open, 'commit', '-qm', 'x');
    git(open, 'rm', '-q', 'old.yaml');
    git(open, 'commit', '-qm', 'y');
    const path = await write(join(open, '.env'), `ENCRYPTION_KEY=${key.text}\n`);
    expect((await findings(path)).git).toMatch(/^fail: the repository, .*, which is also in this file/);
    expect((await findings(path, key.fingerprint)).git).toMatch(/^fail: the repository, .*, the active one/);
  });

  test('is not known to be free of the key where a file of its history was too large to search', async ({
    open,
  }) => {
    git(open, 'init', '-q');
    await write(join(open, '.gitignore'), '.env\n');
    await write(join(open, 'dump.sql'), '-- rows\n'.repeat(1_200_000));
    git(open, 'add', '.');
    git(open, 'commit', '-qm', 'x');
    const path = await write(join(open, '.env'), `ENCRYPTION_KEY=${aKey().text}\n`);
    expect((await findings(path)).git).toMatch(/^unknown: .*1 file larger than 8 MB was not searched/);
  });

  test('runs no program that a work tree names', async ({ open }) => {
    git(open, 'init', '-q');
    const marker = join(open, 'ran');
    const hook = await write(join(open, 'hook.sh'), `#!/bin/sh\ntouch ${marker}\n`, 0o755);
    for (const name of ['core.fsmonitor', 'core.sshCommand', 'core.pager', 'diff.external', 'gpg.program'])
      git(open, 'config', name, hook);
    const path = await write(join(open, '.env'), 'A=b\n');
    expect((await findings(path)).git).toMatch(/^warn/);
    await expect(import('node:fs/promises').then(({ stat }) => stat(marker))).rejects.toThrow('ENOENT');
  });

  test('may have a file that names the key and does not hold it', async ({ open }) => {
    git(open, 'init', '-q');
    const path = await write(
      join(open, 'compose.yaml'),
      'services:\n  api:\n    environment:\n      ENCRYPTION_KEY: ${ENCRYPTION_KEY}\n',
    );
    git(open, 'add', 'compose.yaml');
    expect(await findings(path)).toMatchObject({
      git: expect.stringMatching(/^pass: git tracks it; no key was found in it now; none of 1 files/),
      content: 'pass: it refers to the key without containing it',
    });
  });
});

describe('the key is seen', () => {
  const key = aKey();
  const bytes = Buffer.from(key.text, 'base64');
  test.for<[string, string | Buffer]>([
    ['under a name with a beginning', `BALLAST_ENCRYPTION_KEY=${key.text}\n`],
    ['under another name', `MASTER="${key.text}"\n`],
    ['without its padding', `ENCRYPTION_KEY=${key.text.replace('=', '')}\n`],
    ['on the next line of YAML', `env:\n  ENCRYPTION_KEY: >-\n    ${key.text}\n`],
    ['in UTF-16', Buffer.from(`\uFEFFENCRYPTION_KEY=${key.text}\r\n`, 'utf16le')],
    ['in hex', `key: ${bytes.toString('hex')}\n`],
    ['in a comment', `# was ENCRYPTION_KEY=${key.text}\n`],
  ])('%s', async ([, text], { open }) => {
    const path = join(open, 'settings');
    await writeFile(path, text);
    expect((await findings(path, key.fingerprint)).content).toMatch(
      /^warn: it contains key .*, the active one/,
    );
  });

  test('where Keel does not know it, by its name alone', async ({ open }) => {
    const path = await write(join(open, '.env'), `BALLAST_ENCRYPTION_KEY=${key.text}\n`);
    expect((await findings(path)).content).toMatch(/^warn: it contains key/);
    const other = await write(join(open, 'other'), `MASTER=${key.text}\n`);
    expect((await findings(other)).content).toBe(
      'pass: neither a value of ENCRYPTION_KEY nor a key that Keel knows was found in it',
    );
  });
});

describe('what stands in it', () => {
  test.for([
    [
      '.env',
      (key: string) => `A=1\nexport ENCRYPTION_KEY="${key}" # ours\n`,
      /^warn: it contains key .*, the active one, in plain text/,
    ],
    [
      'compose.yaml',
      (key: string) => `services:\n  api:\n    environment:\n      - ENCRYPTION_KEY=${key}\n`,
      /^fail: key .*, the active one, in a compose file/,
    ],
    [
      'secret.yaml',
      (key: string) => `kind: Secret\ndata:\n  ENCRYPTION_KEY: ${Buffer.from(key).toString('base64')}\n`,
      /^warn: key .*, the active one, in a Kubernetes manifest/,
    ],
    ['encryption_key', (key: string) => `${key}\n`, /^warn: it contains key .*, the active one/],
  ] as const)('%s is found by its form', async ([name, text, seen], { open }) => {
    const key = aKey();
    const found = await findings(await write(join(open, name), text(key.text)), key.fingerprint);
    expect(found.content).toMatch(seen);
    expect(JSON.stringify(found)).not.toContain(key.text);
  });

  test.for([
    [example, /^fail: it contains the example key/],
    [Buffer.alloc(32, 7).toString('base64'), /^fail: it contains a key that repeats a few bytes/],
  ] as const)('a key that guards nothing fails: %s', async ([key, seen], { open }) => {
    expect((await findings(await write(join(open, '.env'), `ENCRYPTION_KEY=${key}\n`))).content).toMatch(
      seen,
    );
  });

  test('another variable is not taken for the key', async ({ open }) => {
    const text = `SESSION_SECRET=${aKey().text}\nENCRYPTION_KEY=\n`;
    expect((await findings(await write(join(open, '.env'), text))).content).toBe(
      'pass: neither a value of ENCRYPTION_KEY nor a key that Keel knows was found in it',
    );
  });

  test.for([
    'ENCRYPTION_KEY=changeme',
    'ENCRYPTION_KEY="correct horse battery staple"',
    'ENCRYPTION_KEY: "64 characters of something"',
  ])('a value of ENCRYPTION_KEY that is no key of a known form is not passed: %s', async (text, { open }) => {
    expect((await findings(await write(join(open, '.env'), `${text}\n`))).content).toBe(
      'unknown: ENCRYPTION_KEY has a value that Keel cannot read as a key',
    );
  });

  test('a key in hex is one, though Keel does not know it', async ({ open }) => {
    const hex = Buffer.from(aKey().text, 'base64').toString('hex');
    const path = await write(join(open, '.env'), `ENCRYPTION_KEY=${hex}\n`);
    expect((await findings(path)).content).toMatch(/^warn: it contains key .* in plain text/);
  });

  test.for([
    'ENCRYPTION_KEY=${ENCRYPTION_KEY:?}',
    'ENCRYPTION_KEY: "{{ vault_key }}"',
    'ENCRYPTION_KEY:\n  secretKeyRef:\n    name: ballast',
    'ENCRYPTION_KEY_FILE=/run/secrets/key',
    'ENCRYPTION_KEY=<your key>',
  ])('what refers to a key elsewhere is no value: %s', async (text, { open }) => {
    expect((await findings(await write(join(open, 'settings'), `${text}\n`))).content).toMatch(/^pass/);
  });
});

test('what cannot be read is not known, and a giant or a folder is not read', async ({ open }) => {
  const giant = await write(join(open, 'giant'), '');
  await truncate(giant, 20_000_000);
  await mkdir(join(open, 'folder'));
  for (const [name, why] of [
    ['missing', /the file does not exist/],
    ['folder', /it is a folder/],
    ['giant', /is too large/],
  ] as const)
    expect((await findings(join(open, name))).read).toMatch(new RegExp(`^unknown: .*${why.source}`));
});

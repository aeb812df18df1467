import { mkdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parseApplicationKey } from '#crypto/application-key';
import { judgeKeyFiles } from '#posture/judge/judge-key-files';
import { lookAtKeyFile } from '#posture/look/key-file';
import { aKey, commit, findings, git, signal, test, write } from '#test/support/key-files';

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

  test.for<[string, (open: string, key: string) => unknown]>([
    [
      'the message of a commit',
      (open, key) => git(open, 'commit', '-q', '--allow-empty', '-m', `rotate\n\nK=${key}`),
    ],
    ['an annotated tag', (open, key) => git(open, 'tag', '-a', 'v1', '-m', `key is ${key}`)],
    ['a note', (open, key) => git(open, 'notes', 'add', '-m', `key is ${key}`)],
    ['a file, escaped for a URL', (open, key) => commit(open, `?key=${encodeURIComponent(key)}`)],
    [
      'a file, in hex with colons',
      (open, key) =>
        commit(
          open,
          Buffer.from(key, 'base64')
            .toString('hex')
            .replace(/..(?=.)/g, '$&:'),
        ),
    ],
    [
      'a file, in a path',
      (open, key) => commit(open, `https://x/k/${Buffer.from(key, 'base64').toString('base64url')}/edit`),
    ],
    ['a file in UTF-16', (open, key) => commit(open, Buffer.from(`clé = ${key}`, 'utf16le'))],
  ])('is asked for the key in %s', async ([, write_], { open }) => {
    const active = aKey();
    git(open, 'init', '-q');
    await commit(open, '.env\n', '.gitignore');
    const path = await write(join(open, '.env'), 'ENCRYPTION_KEY=${FROM_VAULT}\n');
    expect((await findings(path, active.fingerprint)).git).toMatch(
      /^pass: .*; none of 1 files in its history, and no message of 1 commit or tag, contains a key/,
    );
    await write_(open, active.text);
    expect((await findings(path, active.fingerprint)).git).toMatch(/^fail: .*the active one/);
  });

  test('says nothing of a history that is not in the clone, or lacks objects', async ({ open }) => {
    const origin = join(open, 'origin');
    await mkdir(origin);
    git(origin, 'init', '-q');
    git(origin, 'config', 'uploadpack.allowFilter', 'true');
    const active = aKey();
    await commit(origin, `K=${active.text}\n`, 'notes.txt');
    git(origin, 'rm', '-q', 'notes.txt');
    git(origin, 'commit', '-qm', 'removed');
    await commit(origin, '.env\n', '.gitignore');
    const seen = async (name: string, ...args: string[]) => {
      git(open, 'clone', '-q', ...args, `file://${origin}`, name);
      const path = await write(join(open, name, '.env'), 'A=b\n');
      return (await findings(path, active.fingerprint)).git;
    };
    expect(await seen('whole')).toMatch(/^fail/);
    expect(await seen('shallow', '--depth', '1')).toMatch(/^unknown: .*this clone is shallow/);
    expect(await seen('partial', '--filter=blob:none')).toMatch(/^unknown: .*a partial clone/);
    const blob = git(origin, 'rev-parse', 'HEAD~2:notes.txt').toString().trim();
    await unlink(join(origin, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    const path = await write(join(origin, '.env'), 'A=b\n');
    expect((await findings(path, active.fingerprint)).git).toMatch(
      /^unknown: .*objects of its history are missing/,
    );
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

test('a key that is a text of another application is found as a value, and nowhere else is it said not to be', async ({
  open,
}) => {
  using key = parseApplicationKey(Buffer.from('qWx7pRtY2mNbVc9zLkJh5gFd'));
  const judged = async (text: string) => {
    const path = await write(join(open, 'compose.yaml'), text);
    const known = [key.fingerprint];
    const file = await lookAtKeyFile(path, new Set(known), signal, new Map(), { areTexts: true });
    const keys = {
      ...{ active: { fingerprint: key.fingerprint, since: '', adopted: true, proofs: 0 }, others: [] },
      ...{ sharedWith: [], drillEveryDays: 90, known, areTexts: true },
    };
    const found = judgeKeyFiles({ at: '', oauth: [], answers: [], keyFiles: [file], keys });
    return Object.fromEntries(found.map(({ id, status }) => [id.replace('keys.file.1.', ''), status]));
  };
  const plain = 'services:\n  n8n:\n    environment:\n      N8N_ENCRYPTION_KEY: qWx7pRtY2mNbVc9zLkJh5gFd\n';
  expect((await judged(plain)).content).toBe('fail');
  expect((await judged('services: {}\n')).content).toBe('unknown');
  git(open, 'init', '-q');
  git(open, 'add', '.');
  git(open, 'commit', '-qm', 'x');
  expect((await judged('services: {}\n')).git).toBe('unknown');
  expect((await judged(plain)).git).toBe('fail');
});

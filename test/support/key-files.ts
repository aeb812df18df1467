import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { judgeKeyFiles } from '#posture/judge/judge-key-files';
import { lookAtKeyFile } from '#posture/look/key-file';
import { test as base } from '#test/support/temp-folder';

/** A folder that everyone may enter: what is in it is as open as its own rights are. */
export const test = base.extend<{ open: string }>({
  open: async ({ folder }, use) => {
    await chmod(folder, 0o755);
    await use(folder);
  },
});

/** Never aborted. */
export const signal = new AbortController().signal;
/** A new key as text, and its fingerprint. */
export const aKey = () => {
  using key = generateEncryptionKey();
  return { text: key.toBase64(), fingerprint: key.fingerprint };
};

/** What is found of a file, by the kind of finding, as `status: what was seen`. */
export async function findings(
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

/** Writes a file with this mode. Returns its path. */
export async function write(path: string, text: string, mode = 0o600): Promise<string> {
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

/** Runs git in a folder. */
export const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder });

/** Writes a file and commits it. */
export async function commit(folder: string, content: string | Buffer, name = 'a.txt') {
  await writeFile(join(folder, name), content);
  git(folder, 'add', '-f', name);
  git(folder, 'commit', '-qm', 'x');
}

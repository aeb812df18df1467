import { access } from 'node:fs/promises';
import type { KeyEntry, KeyRingState } from './key-entry.ts';
import { copiesOf } from './key-copies.ts';
import { type DumpPeriod, dumpPeriods, isReleased } from './key-memory.ts';
import { describeStore } from './secret-store.ts';

/** A place where Ballast reads its key, and whose key is there, where that could be read. */
export interface ReadTarget {
  readonly where: string;
  readonly holds?: string;
}

/** A file in which something has the shape of a key, by fingerprints. */
export interface FileWithKeys {
  readonly path: string;
  readonly shapes: ReadonlySet<string>;
}

/** A place where a key that is not in use any more still stands, or may stand. */
export interface Leftover {
  /** `text`: somewhere in a file that Ballast reads, or beside one: a comment, an earlier copy. */
  readonly kind: 'target' | 'text' | 'copy' | 'key-file' | 'store' | 'dumps';
  readonly fingerprint: string;
  /** In words. Of dumps: empty, `dumps` tells. */
  readonly where: string;
  readonly dumps?: readonly DumpPeriod[];
  /** `keep`: something may need it still; `remove`: nothing does; `replace`: it is to hold the active key; `missing`: it is not there now. */
  readonly status: 'keep' | 'remove' | 'replace' | 'missing';
}

/** Where the old keys of a ring still stand, those of Ballast's own places first. Looks for files, and reads none of them. */
export async function leftoversOf(
  ring: KeyRingState,
  targets: readonly ReadTarget[],
  files: readonly FileWithKeys[],
): Promise<Leftover[]> {
  const old = ring.keys.filter(({ state }) => state === 'retired' || state === 'destroyed');
  const left: Leftover[] = [];
  for (const { where, holds } of targets) {
    const key = old.find(({ fingerprint }) => fingerprint === holds);
    if (key) left.push({ kind: 'target', fingerprint: key.fingerprint, where, status: 'replace' });
  }
  for (const { path, shapes } of files) {
    for (const { fingerprint } of old) {
      const isTarget = left.some((one) => one.where === path && one.fingerprint === fingerprint);
      const isKeyFile = old.some(({ heldIn }) => typeof heldIn === 'object' && heldIn.ownFile === path);
      if (shapes.has(fingerprint) && !isTarget && !isKeyFile)
        left.push({ kind: 'text', fingerprint, where: path, status: 'remove' });
    }
  }
  for (const key of old) left.push(...(await leftOf(key, ring)));
  return left;
}

async function leftOf(key: KeyEntry, ring: KeyRingState): Promise<Leftover[]> {
  const { fingerprint, state, heldIn } = key;
  const status = state === 'destroyed' || isReleased(key, ring.dumps) ? 'remove' : 'keep';
  const left: Leftover[] = [];
  if (status === 'keep') {
    left.push({ kind: 'dumps', fingerprint, where: '', dumps: dumpPeriods(ring, key), status });
  }
  const file = typeof heldIn === 'object' ? heldIn.ownFile : undefined;
  if (file !== undefined && (state !== 'destroyed' || (await isThere(file)))) {
    left.push({ kind: 'key-file', fingerprint, where: file, status });
  }
  if (file === undefined && state !== 'destroyed') {
    left.push({ kind: 'store', fingerprint, where: describeStore(heldIn), status });
  }
  for (const { what, path } of copiesOf(key)) {
    if (path === file && path !== undefined) continue;
    const there = path === undefined || (await isThere(path));
    left.push({ kind: 'copy', fingerprint, where: what, status: there ? status : 'missing' });
  }
  return left;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}

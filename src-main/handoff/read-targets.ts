import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RememberedTarget } from '#contract/handoff';
import { type EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { readSmallFile } from '#storage/small-file';
import { keyShapesIn } from '#crypto/key-shapes';
import { describeTarget, isText, planHandoff } from './target.ts';

/** A target, and whose key stands there, where that is known. */
export interface ReadTarget {
  readonly where: string;
  readonly holds?: string;
}

/** Whose key each target holds: read where it is a file, else what Keel last saw there. Asks nobody, changes nothing. */
export async function readTargets(targets: readonly RememberedTarget[]): Promise<ReadTarget[]> {
  // what a file holds is read with the plan of a change that is never made
  using never = generateEncryptionKey();
  const read: ReadTarget[] = [];
  for (const { target, given, holds: seen = given?.fingerprint } of targets) {
    const holds = isText(target) ? await keyIn(target, never) : seen;
    read.push({ where: describeTarget(target), ...(holds !== undefined && { holds }) });
  }
  return read;
}

async function keyIn(target: RememberedTarget['target'], never: EncryptionKey): Promise<string | undefined> {
  try {
    return (await planHandoff(target, never)).holds;
  } catch (error) {
    if (error instanceof KeelError) return undefined;
    throw error;
  }
}

/** A file in which something has the shape of a key, by fingerprints. */
export interface FileWithKeys {
  readonly path: string;
  readonly shapes: ReadonlySet<string>;
}

/** Larger files beside those that Ballast reads are no settings. */
const longestNeighbour = 1 << 20;
const mostNeighbours = 1000;

/**
 * What has the shape of a key in the targets that are files and in the files beside them, comments and copies of before included.
 * Does not go into folders, and passes over what cannot be read.
 */
export async function filesWithKeys(targets: readonly RememberedTarget[]): Promise<FileWithKeys[]> {
  const folders = new Set(targets.flatMap(({ target }) => (isText(target) ? [dirname(target.path)] : [])));
  const found: FileWithKeys[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.slice(0, mostNeighbours)) {
      const path = join(folder, name);
      const read = await readSmallFile(path, { most: longestNeighbour });
      if ('why' in read) continue;
      const shapes = keyShapesIn(read.bytes.toString('latin1'));
      read.bytes.fill(0);
      if (shapes.size > 0) found.push({ path, shapes });
    }
  }
  return found;
}

import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RememberedTarget } from '#contract/handoff';
import type { EncryptionKey } from '#crypto/encryption-key';
import { keyShapesIn } from '#crypto/key-shapes';
import { expectedFailure } from '#errors/expected-failure';
import type { FileWithKeys, ReadTarget } from '#keyring/leftovers';
import type { EnvironmentSettings } from '#environments/environment-settings';
import { readSmallFile } from '#storage/small-file';
import { readerOf } from './key-text.ts';
import { describeTarget, textPlan } from './target.ts';
import { readTextFile } from './text-file.ts';
import { isText, type TextTarget } from './text-target.ts';

/** Whose key each target holds: read where it is a file, else what Keel last saw there. Asks nobody, changes nothing. */
export async function readTargets(
  targets: readonly RememberedTarget[],
  application: Application,
): Promise<ReadTarget[]> {
  return keysIn(targets, application, await readTexts(targets));
}

/** Whose keys are read: an environment's settings say it. */
type Application = Pick<EnvironmentSettings, 'application'> | undefined;

/**
 * The same, and what has the shape of a key in the targets that are files and in the files beside them, comments and copies of before
 * included. Does not go into folders, and passes over what cannot be read. Each file is read once.
 */
export async function readTargetsAndNeighbours(
  targets: readonly RememberedTarget[],
  application: Application,
): Promise<{ readonly targets: ReadTarget[]; readonly files: FileWithKeys[] }> {
  const texts = await readTexts(targets);
  return { targets: keysIn(targets, application, texts), files: await filesWithKeys(targets, texts) };
}

/** What is in the files among the targets, by path; what cannot be read is absent. */
type Texts = ReadonlyMap<string, string>;

async function readTexts(targets: readonly RememberedTarget[]): Promise<Texts> {
  const texts = new Map<string, string>();
  for (const { target } of targets) {
    if (!isText(target) || texts.has(target.path)) continue;
    const read = await readTextFile(target.path).catch(unlessRefused);
    if (read) texts.set(target.path, read.text);
  }
  return texts;
}

function keysIn(targets: readonly RememberedTarget[], application: Application, texts: Texts): ReadTarget[] {
  // what a file holds is read with the plan of a change that is never made
  using never = readerOf(application);
  return targets.map(({ target, given, holds: seen = given?.fingerprint }) => {
    const holds = isText(target) ? keyIn(target, texts.get(target.path), never) : seen;
    return { where: describeTarget(target), ...(holds !== undefined && { holds }) };
  });
}

function keyIn(target: TextTarget, text: string | undefined, never: EncryptionKey): string | undefined {
  if (text === undefined) return undefined;
  try {
    return textPlan(target)(text, never, target.path).holds;
  } catch (error) {
    return unlessRefused(error);
  }
}

/** Nothing is known of a target that Keel refuses to read or to understand; anything else is a bug. */
function unlessRefused(error: unknown): undefined {
  expectedFailure(error);
}

/** Larger files beside those that Ballast reads are no settings. */
const longestNeighbour = 1 << 20;
const maxNeighbours = 1000;

async function filesWithKeys(targets: readonly RememberedTarget[], texts: Texts): Promise<FileWithKeys[]> {
  const folders = new Set(targets.flatMap(({ target }) => (isText(target) ? [dirname(target.path)] : [])));
  const found: FileWithKeys[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.slice(0, maxNeighbours)) {
      const path = join(folder, name);
      const text = texts.get(path) ?? (await readNeighbour(path));
      const shapes = text === undefined ? new Set<string>() : keyShapesIn(text);
      if (shapes.size > 0) found.push({ path, shapes });
    }
  }
  return found;
}

async function readNeighbour(path: string): Promise<string | undefined> {
  const read = await readSmallFile(path, { max: longestNeighbour });
  if ('why' in read) return undefined;
  const text = read.bytes.toString('latin1');
  read.bytes.fill(0);
  return text;
}

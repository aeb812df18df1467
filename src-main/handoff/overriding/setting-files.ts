import type { EncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';
import type { ReadTarget } from '#keyring/leftovers';
import { readTextFile, type TextPlan } from '#handoff/text-file';
import { readYaml, type YamlFile } from '#handoff/yaml-places';

/** Which variable is looked for, and a key that is read as the values are. */
export interface Sought {
  readonly variable: string;
  readonly reader: EncryptionKey;
}

/** What counts more than a place, and whose key it holds, where it is one. */
export interface Overrider extends ReadTarget {
  /** It takes away what the place sets, and sets nothing itself. */
  readonly removes?: true;
}

/** What of these files sets the variable, and whose key each holds. */
export async function setIn(
  paths: readonly string[],
  plan: TextPlan,
  { variable, reader }: Sought,
): Promise<ReadTarget[]> {
  const name = variable.replace(/[.]/g, '\\.');
  const sets = new RegExp(`(?:^|[\\s"'=])${name}[ \\t]*[=:]`, 'm');
  const found: ReadTarget[] = [];
  for (const path of new Set(paths)) {
    const text = await textOf(path);
    if (text === undefined || !sets.test(text)) continue;
    found.push(readAt(path, holdsBy(plan, { text, path, reader })));
  }
  return found;
}

export function holdsBy(
  plan: TextPlan,
  { text, path, reader }: { readonly text: string; readonly path: string; readonly reader: EncryptionKey },
): string | undefined {
  try {
    return plan(text, reader, path).holds;
  } catch (error) {
    expectedFailure(error);
    return undefined;
  }
}

export function readAt(where: string, holds: string | undefined): ReadTarget {
  return { where, ...(holds !== undefined && { holds }) };
}

/** A YAML file; undefined where it cannot be read. */
export async function yamlOf(path: string): Promise<YamlFile | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  try {
    return readYaml(text, path);
  } catch (error) {
    expectedFailure(error);
    return undefined;
  }
}

/** A file of text; undefined where it cannot be read. */
export async function textOf(path: string): Promise<string | undefined> {
  return readTextFile(path).then(
    ({ text }) => text,
    (error: unknown) => {
      expectedFailure(error);
      return undefined;
    },
  );
}

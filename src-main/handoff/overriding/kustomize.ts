import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { HandoffTarget } from '#contract/handoff';
import { planEnvChange } from '#handoff/env-file';
import { fingerprintOfValue, textOfBase64 } from '#handoff/key-text';
import { secretWith } from '#handoff/kubernetes-secret';
import { isObject } from '#shared/is-object';
import { type Overrider, readAt, type Sought, setIn, textOf } from './setting-files.ts';

type SecretPlace = Extract<HandoffTarget, { kind: 'kubernetes-secret' }>;

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Folders that are looked through for overlays. */
const mostFolders = 200;

interface Kustomization {
  readonly file: string;
  readonly folder: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * What the kustomizations that read a manifest, or build on one that does, make of its variable: their patches, of the Secret or of a workload, and
 * generators that merge with its own. Looks in the folder of the place, the one above, and two levels below that: `base` and `overlays/prod`.
 */
export async function overridersOfSecret(place: SecretPlace, sought: Sought): Promise<Overrider[]> {
  const path = resolve(place.path);
  const text = await textOf(path);
  const secret = text === undefined ? undefined : secretWith(text, sought.variable, place, path);
  if (secret === undefined) return [];
  const found: Overrider[] = [];
  for (const folder of await foldersAround(dirname(path))) {
    const own = await kustomizationIn(folder);
    if (!own || !(await readsPlace(own, path, new Set()))) continue;
    for (const one of [own, ...(await componentsOf(own))]) {
      found.push(...(await byPatches(one, secret, sought)));
      if (one.file !== path) found.push(...(await byGenerators(one, secret, sought)));
    }
  }
  return found;
}

async function foldersAround(folder: string): Promise<string[]> {
  const above = dirname(folder);
  const below = await foldersIn(above);
  const deeper = await Promise.all(below.slice(0, mostFolders).map(foldersIn));
  return [...new Set([folder, above, ...below, ...deeper.flat()])].slice(0, mostFolders);
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((one) => one.isDirectory()).map((one) => join(folder, one.name));
}

async function kustomizationIn(folder: string): Promise<Kustomization | undefined> {
  for (const name of names) {
    const file = join(folder, name);
    const [content] = documentsIn((await textOf(file)) ?? '');
    if (isObject(content)) return { file, folder, content };
  }
  return undefined;
}

/** Whether a kustomization is the place, or reads it, itself or through others. */
async function readsPlace(
  { file, folder, content }: Kustomization,
  path: string,
  seen: Set<string>,
): Promise<boolean> {
  if (file === path) return true;
  if (seen.has(file)) return false;
  seen.add(file);
  for (const name of [...textsIn(content['resources']), ...textsIn(content['bases'])]) {
    const resource = resolve(folder, name);
    if (resource === path) return true;
    const base = await kustomizationIn(resource);
    if (base && (await readsPlace(base, path, seen))) return true;
  }
  return false;
}

async function componentsOf({ folder, content }: Kustomization): Promise<Kustomization[]> {
  const found = await Promise.all(
    textsIn(content['components']).map((name) => kustomizationIn(resolve(folder, name))),
  );
  return found.filter((one) => one !== undefined);
}

async function byPatches(
  one: Kustomization,
  secret: string,
  { variable, reader }: Sought,
): Promise<Overrider[]> {
  const found: Overrider[] = [];
  for (const { where, text, target } of await patchesOf(one)) {
    for (const patch of documentsIn(text)) {
      if (!concerns(patch, target, secret)) continue;
      for (const value of settingsIn(patch, variable)) {
        const holds = value === null ? undefined : fingerprintOfEither(value, reader);
        found.push(value === null ? { where, removes: true } : readAt(where, holds));
      }
    }
  }
  return found;
}

interface Patch {
  readonly where: string;
  readonly text: string;
  readonly target: Readonly<Record<string, unknown>> | undefined;
}

async function patchesOf({ file, folder, content }: Kustomization): Promise<Patch[]> {
  const found: Patch[] = [];
  for (const field of ['patches', 'patchesStrategicMerge', 'patchesJson6902']) {
    for (const entry of listIn(content[field])) {
      const { path, patch, target } = isObject(entry)
        ? entry
        : { path: entry, patch: undefined, target: undefined };
      const of = isObject(target) ? target : undefined;
      const read = typeof path === 'string' ? resolve(folder, path) : undefined;
      const text = read === undefined ? undefined : await textOf(read);
      // of patchesStrategicMerge an entry is a path or the patch itself
      const inline =
        typeof patch === 'string'
          ? patch
          : typeof path === 'string' && path.includes('\n')
            ? path
            : undefined;
      if (inline !== undefined) found.push({ where: `${file}, ${field}`, text: inline, target: of });
      else if (read !== undefined && text !== undefined) found.push({ where: read, text, target: of });
    }
  }
  return found;
}

/** Whether a patch is of the Secret that is meant, or of something whose own variables count more than those of a Secret. */
function concerns(patch: unknown, target: Patch['target'], secret: string): boolean {
  const { kind: ownKind, metadata } = isObject(patch) ? patch : { kind: undefined, metadata: undefined };
  const kind = target?.['kind'] ?? ownKind;
  if (kind === 'ConfigMap') return false;
  if (kind !== 'Secret') return true;
  const name = target ? target['name'] : isObject(metadata) ? metadata['name'] : undefined;
  return typeof name !== 'string' || name === secret || (target !== undefined && matches(name, secret));
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(name);
  } catch {
    // kustomize refuses it
    return false;
  }
}

/** What a patch sets the variable to: under its name, as the `value` of what is named so, or by an operation on its path; null where it is removed. */
function settingsIn(node: unknown, variable: string): (string | null)[] {
  if (Array.isArray(node)) return node.flatMap((one: unknown) => settingsIn(one, variable));
  if (!isObject(node)) return [];
  const { op, path, name, value } = node;
  if (typeof op === 'string' && typeof path === 'string') {
    const last = path.split('/').at(-1)?.replaceAll('~1', '/').replaceAll('~0', '~');
    if (last === variable) return op === 'remove' ? [null] : textsIn(value);
  }
  if (name === variable && typeof value === 'string') return [value];
  return Object.entries(node).flatMap(([key, of]) =>
    key === variable && (typeof of === 'string' || of === null) ? [of] : settingsIn(of, variable),
  );
}

/** Generators of the name that merge with the one of the place, or replace it. */
async function byGenerators(
  { file, folder, content }: Kustomization,
  secret: string,
  sought: Sought,
): Promise<Overrider[]> {
  const found: Overrider[] = [];
  const { variable, reader } = sought;
  for (const one of listIn(content['secretGenerator'])) {
    if (!isObject(one) || one['name'] !== secret) continue;
    if (one['behavior'] !== 'merge' && one['behavior'] !== 'replace') continue;
    const where = `${file}, secretGenerator`;
    const literal = textsIn(one['literals']).find((text) => text.startsWith(`${variable}=`));
    const files = [...textsIn(one['envs']), ...textsIn(one['env'])].map((name) => resolve(folder, name));
    const set =
      literal === undefined
        ? await setIn(files, planEnvChange(variable), sought)
        : [readAt(where, fingerprintOfValue(withoutQuotes(literal.slice(variable.length + 1)), reader))];
    found.push(...set);
    if (set.length === 0 && one['behavior'] === 'replace') found.push({ where, removes: true });
  }
  return found;
}

function withoutQuotes(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, '$2');
}

function fingerprintOfEither(value: string, reader: Sought['reader']): string | undefined {
  return fingerprintOfValue(value.trim(), reader) ?? fingerprintOfValue(textOfBase64(value).trim(), reader);
}

/** The documents of a YAML text; none where it is not valid. */
function documentsIn(text: string): unknown[] {
  const documents = parseAllDocuments(text, { merge: true, logLevel: 'silent' });
  if ('empty' in documents || documents.some(({ errors }) => errors.length > 0)) return [];
  return documents.map((one): unknown => one.toJS());
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsIn(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
}

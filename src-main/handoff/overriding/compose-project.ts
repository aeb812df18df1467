import { dirname, join, resolve } from 'node:path';
import { type ComposeService, includedBy, isItemOf, servicesOf } from '#handoff/compose-services';
import { readEnvValue } from '#handoff/env-file';
import { textOf, yamlOf } from './setting-files.ts';

/** Where `docker compose` looks without `-f`, in its order: the first that is there is read. */
export const composeNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrideNames = composeNames.map((name) => name.replace('.', '.override.'));

/** What a file makes of a service. */
export interface Layer {
  readonly file: string;
  /** The files of its `env_file`, absolute. */
  readonly envFiles: readonly string[];
  /** What `environment` sets the variable to, as it is written; null where it only names it. */
  readonly setting?: string | null;
  /** What the layers before set it to counts no more. */
  readonly takesSettings: boolean;
  /** The files of the layers before are not read. */
  readonly takesEnvFiles: boolean;
  /** Its `environment` is a list. */
  readonly isListed: boolean;
}

/** A service of a compose project: what its files make of it, those that count more last. */
export interface ProjectService {
  readonly name: string;
  readonly layers: readonly Layer[];
}

export interface ComposeProject {
  /** Where its `.env` is. */
  readonly folder: string;
  readonly services: readonly ProjectService[];
}

/** The layer whose `environment` decides about the variable: by what it sets, or because it takes away what the ones before set. */
export function decidingLayer(layers: readonly Layer[]): Layer | undefined {
  return layers.findLast(({ setting, takesSettings }) => setting !== undefined || takesSettings);
}

/** The files that a service reads, those that count more last. */
export function envFilesOf(layers: readonly Layer[]): string[] {
  return layers
    .slice(
      Math.max(
        0,
        layers.findLastIndex(({ takesEnvFiles }) => takesEnvFiles),
      ),
    )
    .flatMap(({ envFiles }) => envFiles);
}

/** As deep as services extend each other. */
const maxDepth = 8;

/** The project that `docker compose` reads in a folder: COMPOSE_FILE of its `.env`, else the usual names. Without a file it has no services. */
export async function composeProject(folder: string, variable: string): Promise<ComposeProject> {
  const files = await projectFiles(folder);
  return { folder, services: await servicesIn(files, { folder, variable, seen: new Set() }) };
}

async function projectFiles(folder: string): Promise<string[]> {
  const settings = (await textOf(join(folder, '.env'))) ?? '';
  const listed = readEnvValue(settings, 'COMPOSE_FILE');
  if (listed) {
    const separator = readEnvValue(settings, 'COMPOSE_PATH_SEPARATOR') || ':';
    return listed.split(separator).map((file) => resolve(folder, file));
  }
  const main = await firstOf(folder, composeNames);
  if (main === undefined) return [];
  const override = await firstOf(folder, overrideNames);
  return override === undefined ? [main] : [main, override];
}

async function firstOf(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if ((await textOf(join(folder, name))) !== undefined) return join(folder, name);
  return undefined;
}

interface Within {
  /** Against which paths are resolved. */
  readonly folder: string;
  readonly variable: string;
  /** Files that were read: one that is included twice says nothing new, and compose refuses one that includes itself. */
  readonly seen: Set<string>;
}

/** The services of files that are read as one, the later over the earlier. */
async function servicesIn(files: readonly string[], within: Within): Promise<ProjectService[]> {
  const { folder } = within;
  const layers = new Map<string, Layer[]>();
  for (const file of files) {
    if (within.seen.has(file)) continue;
    within.seen.add(file);
    for (const root of (await yamlOf(file))?.roots ?? []) {
      for (const paths of includedBy(root)) {
        const included = paths.map((path) => resolve(folder, path));
        const inFolder = dirname(included[0] ?? file);
        const parts = await servicesIn(included, { ...within, folder: inFolder });
        for (const { name, layers: more } of parts) layers.set(name, [...(layers.get(name) ?? []), ...more]);
      }
      for (const service of servicesOf(root)) {
        const before = layers.get(service.name) ?? [];
        layers.set(service.name, [...before, ...(await layersOf(service, { ...within, file, before }))]);
      }
    }
  }
  return [...layers].map(([name, of]) => ({ name, layers: of }));
}

interface OfService {
  readonly folder: string;
  readonly variable: string;
  readonly file: string;
  /** What earlier files make of it. */
  readonly before: readonly Layer[];
}

/** What a service extends, and what its file makes of it. */
async function layersOf(
  service: ComposeService,
  { folder, variable, file, before }: OfService,
  depth = 0,
): Promise<Layer[]> {
  const { extended, isListed, takesAway } = service;
  const from = extended?.file === undefined ? file : resolve(folder, extended.file);
  const base =
    extended && depth < maxDepth
      ? (await yamlOf(from))?.roots.flatMap(servicesOf).find(({ name }) => name === extended.service)
      : undefined;
  const within = { folder: dirname(from), variable, file: from, before: [] };
  const extending = base ? await layersOf(base, within, depth + 1) : [];
  const setting = settingOf(service, variable);
  const envFiles = service.envFiles.map((path) => resolve(folder, path));
  const earlier = [...before, ...extending].filter((one) => one.setting !== undefined);
  const takesOne = takesAway.variable(variable) && earlier.length > 0 && !earlier.some((one) => one.isListed);
  const own = {
    ...{ file, envFiles, isListed, takesEnvFiles: takesAway.envFiles },
    takesSettings: takesAway.environment || takesOne,
    ...(setting !== undefined && { setting }),
  };
  return [...extending, own];
}

/** What `environment` of a service sets the variable to, as a map or as a list of `NAME=value`; null where it only names it. */
function settingOf(service: ComposeService, variable: string): string | null | undefined {
  const scalar = service.settings(variable).at(-1);
  if (!scalar) return undefined;
  if (typeof scalar.value !== 'string') return null;
  if (!isItemOf(scalar, variable)) return scalar.value;
  return scalar.value === variable ? null : scalar.value.slice(variable.length + 1);
}

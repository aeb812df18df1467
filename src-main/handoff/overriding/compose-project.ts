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

/** As deep as files extend and include each other. */
const maxDepth = 8;

/** The project that `docker compose` reads in a folder: COMPOSE_FILE of its `.env`, else the usual names. Without a file it has no services. */
export async function composeProject(folder: string, variable: string): Promise<ComposeProject> {
  const files = await projectFiles(folder);
  return { folder, services: await servicesIn(files, { folder, variable, depth: 0 }) };
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
  readonly depth: number;
}

/** The services of files that are read as one, the later over the earlier. */
async function servicesIn(files: readonly string[], within: Within): Promise<ProjectService[]> {
  const { folder, variable, depth } = within;
  const layers = new Map<string, Layer[]>();
  if (depth > maxDepth) return [];
  for (const file of files) {
    for (const root of (await yamlOf(file))?.roots ?? []) {
      for (const paths of includedBy(root)) {
        const included = paths.map((path) => resolve(folder, path));
        const inFolder = dirname(included[0] ?? file);
        const parts = await servicesIn(included, { folder: inFolder, variable, depth: depth + 1 });
        for (const { name, layers: more } of parts) layers.set(name, [...(layers.get(name) ?? []), ...more]);
      }
      for (const service of servicesOf(root)) {
        const own = await layersOf(service, file, within);
        layers.set(service.name, [...(layers.get(service.name) ?? []), ...own]);
      }
    }
  }
  return [...layers].map(([name, of]) => ({ name, layers: of }));
}

/** What a service extends, and what its file makes of it. */
async function layersOf(service: ComposeService, file: string, within: Within): Promise<Layer[]> {
  const { folder, variable, depth } = within;
  const envFiles = service.envFiles.map((path) => resolve(folder, path));
  const setting = settingOf(service, variable);
  const own = { file, envFiles, ...(setting !== undefined && { setting }) };
  const { extended } = service;
  if (!extended || depth > maxDepth) return [own];
  const from = extended.file === undefined ? file : resolve(folder, extended.file);
  const base = (await yamlOf(from))?.roots.flatMap(servicesOf).find(({ name }) => name === extended.service);
  if (!base) return [own];
  return [...(await layersOf(base, from, { folder: dirname(from), variable, depth: depth + 1 })), own];
}

/** What `environment` of a service sets the variable to, as a map or as a list of `NAME=value`; null where it only names it. */
function settingOf(service: ComposeService, variable: string): string | null | undefined {
  const scalar = service.settings(variable).at(-1);
  if (!scalar) return undefined;
  if (typeof scalar.value !== 'string') return null;
  if (!isItemOf(scalar, variable)) return scalar.value;
  return scalar.value === variable ? null : scalar.value.slice(variable.length + 1);
}

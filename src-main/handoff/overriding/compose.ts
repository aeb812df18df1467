import { basename, dirname, join, resolve } from 'node:path';
import { planEnvChange, readEnvValue } from '#handoff/env-file';
import { fingerprintOfValue } from '#handoff/key-text';
import {
  composeNames,
  type ComposeProject,
  composeProject,
  decidingLayer,
  envFilesOf,
  type Layer,
} from './compose-project.ts';
import { holdsBy, type Overrider, readAt, type Sought, setIn, textOf } from './setting-files.ts';

/** The projects that may read a file: of its folder, and of the one above. */
async function projectsAround(path: string, variable: string): Promise<ComposeProject[]> {
  const folder = dirname(path);
  return Promise.all([...new Set([folder, dirname(folder)])].map((one) => composeProject(one, variable)));
}

export async function overridersOfEnvFile(written: string, sought: Sought): Promise<Overrider[]> {
  const path = resolve(written);
  const found: Overrider[] = [];
  for (const { folder, services } of await projectsAround(path, sought.variable)) {
    const instead: Overrider[] = [];
    let isRead = false;
    for (const { name, layers } of services) {
      const files = envFilesOf(layers);
      const at = files.lastIndexOf(path);
      const deciding = decidingLayer(layers);
      const set =
        deciding?.setting === undefined ? undefined : await setBy(deciding, { name, folder, path, sought });
      isRead ||= set ? set.length === 0 : at >= 0;
      const later = set ?? (await setIn(files.slice(at + 1), planEnvChange(sought.variable), sought));
      const taking = at < 0 ? layerTaking(layers, path) : undefined;
      if (at >= 0) found.push(...later);
      else if (taking) instead.push(...(later.length > 0 ? later : [takenAway(taking, name)]));
      // the project's own .env, which no service takes the variable from
      else if (path === join(folder, '.env'))
        instead.push(...(set ?? []).filter(({ holds }) => holds !== undefined));
    }
    if (!isRead) found.push(...instead);
  }
  return found;
}

/** The layer after which a service does not read a file any more that it read before. */
function layerTaking(layers: readonly Layer[], path: string): Layer | undefined {
  const at = layers.findLastIndex(({ envFiles }) => envFiles.includes(path));
  return at < 0 ? undefined : layers.slice(at + 1).find(({ takesEnvFiles }) => takesEnvFiles);
}

function takenAway({ file }: Layer, service: string): Overrider {
  return { where: `${file}, service ${service}`, removes: true };
}

interface Service {
  readonly name: string;
  /** Of the project. */
  readonly folder: string;
  /** Of the place. */
  readonly path: string;
  readonly sought: Sought;
}

/** What `environment` of a service makes of the variable: its own value, or one of the project's `.env`. Nothing where that is the place itself. */
async function setBy(
  { setting, file }: Layer,
  { name, folder, path, sought }: Service,
): Promise<Overrider[]> {
  const { variable, reader } = sought;
  const where = `${file}, service ${name}`;
  const project = join(folder, '.env');
  const [taken, instead] = setting ? takenFrom(setting) : [variable, undefined];
  if (taken === undefined) return [readAt(where, fingerprintOfValue(setting ?? '', reader))];
  if (taken === variable) return project === path ? [] : setIn([project], planEnvChange(variable), sought);
  const text = (await textOf(project)) ?? '';
  if (readEnvValue(text, taken) === undefined)
    return [readAt(where, instead === undefined ? undefined : fingerprintOfValue(instead, reader))];
  return [readAt(where, holdsBy(planEnvChange(taken), { text, path: project, reader }))];
}

/** The variable that a value refers to, and its default (compose-spec, "Interpolation"); `$$` is a literal dollar sign. */
function takenFrom(setting: string): [variable: string | undefined, instead: string | undefined] {
  const [, braced, instead, bare] =
    /^\s*(?:\$\{(\w+)(?::?[-?]([^}]*))?[^}]*\}|\$(\w+))/.exec(setting.replaceAll('$$', '')) ?? [];
  return [braced ?? bare, instead];
}

export async function overridersInCompose(written: string, sought: Sought): Promise<Overrider[]> {
  const path = resolve(written);
  const found: Overrider[] = [];
  for (const { folder, services } of await projectsAround(path, sought.variable)) {
    const isRead = services.some(({ layers }) => layers.some(({ file }) => file === path));
    // a file of a usual name that another one is preferred to
    const isPassedOver = !isRead && folder === dirname(path) && composeNames.includes(basename(path));
    for (const { name, layers } of services) {
      const at = layers.findLastIndex(({ file, setting }) => file === path && setting !== undefined);
      if (at < 0 && !isPassedOver) continue;
      const deciding = decidingLayer(layers.slice(at + 1));
      if (!deciding) continue;
      if (deciding.setting === undefined) found.push(takenAway(deciding, name));
      else found.push(...(await setBy(deciding, { name, folder, path, sought })));
    }
  }
  return found;
}

import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { HandoffTarget } from '#contract/handoff';
import type { EncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';
import type { ReadTarget } from '#keyring/leftovers';
import { isItemOf, servicesOf } from './compose-services.ts';
import { planEnvChange } from './env-file.ts';
import { fingerprintOfValue } from './key-text.ts';
import { planSystemdUnit } from './systemd-unit.ts';
import { readTextFile, type TextPlan } from './text-file.ts';
import { readYaml, type YamlFile } from './yaml-places.ts';

/** A place that sets a variable for a program that reads several such files. */
export type SettingPlace = Extract<HandoffTarget, { kind: 'env-file' | 'compose-file' | 'systemd-unit' }>;

export function setsVariable(target: HandoffTarget): target is SettingPlace {
  return ['env-file', 'compose-file', 'systemd-unit'].includes(target.kind);
}

const composeNames = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
const overrideNames = composeNames.map((name) => name.replace('.', '.override.'));

/**
 * Where the variable of a place is set once more, in a file that counts more for the program that reads both: `environment` over
 * `env_file` and a later `env_file` over an earlier one (compose-spec, "env_file"), an override file over a compose file, `EnvironmentFile=` over
 * `Environment=` and a later drop-in over an earlier file (systemd.exec(5), systemd.unit(5)). Looks at files beside the place and those that it names, and passes over what
 * cannot be read. A value is read as whoever reads `reader`, a key, reads it.
 */
export async function overridersOf(place: SettingPlace, reader: EncryptionKey): Promise<ReadTarget[]> {
  if (place.kind === 'env-file') return overridersOfEnvFile(place, reader);
  if (place.kind === 'compose-file') return overridersOfCompose(place, reader);
  return overridersOfUnit(place, reader);
}

async function overridersOfEnvFile(
  { path, variable }: SettingPlace,
  reader: EncryptionKey,
): Promise<ReadTarget[]> {
  const folder = dirname(path);
  const found: ReadTarget[] = [];
  for (const name of [...composeNames, ...overrideNames]) {
    const file = join(folder, name);
    const yaml = await yamlOf(file);
    for (const root of yaml?.roots ?? []) {
      for (const { name: service, envFiles, settings } of servicesOf(root)) {
        const files = envFiles.map((written) => resolve(folder, written));
        const at = files.lastIndexOf(resolve(path));
        if (at < 0) continue;
        const own = settings(variable).at(-1);
        const where = `${file}, service ${service}`;
        if (own && yaml) found.push(...(await setBy(yaml, own, { variable, where, folder, path, reader })));
        else found.push(...(await setIn(files.slice(at + 1), planEnvChange(variable), { variable, reader })));
      }
    }
  }
  return found;
}

type Own = ReturnType<ReturnType<typeof servicesOf>[number]['settings']>[number];

interface SetBy {
  readonly variable: string;
  readonly where: string;
  readonly folder: string;
  readonly path: string;
  readonly reader: EncryptionKey;
}

/** What `environment` of a service makes of the variable: its own value, or that of the `.env` beside the compose file. */
async function setBy(
  yaml: YamlFile,
  scalar: Own,
  { variable, where, folder, path, reader }: SetBy,
): Promise<ReadTarget[]> {
  const { value } = yaml.placeOf(scalar);
  const held = isItemOf(scalar, variable) ? value.slice(variable.length + 1) : value;
  const isTaken = held.includes('$') || scalar.value === null || value === variable;
  if (!isTaken) return [readAt(where, fingerprintOfValue(held, reader))];
  const project = join(folder, '.env');
  return project === resolve(path) ? [] : setIn([project], planEnvChange(variable), { variable, reader });
}

async function overridersOfCompose(
  { path, variable }: SettingPlace,
  reader: EncryptionKey,
): Promise<ReadTarget[]> {
  // with another name it is given by -f, and no other file is read
  if (!composeNames.includes(basename(path))) return [];
  const yaml = await yamlOf(path);
  const setting = new Set(
    (yaml?.roots ?? [])
      .flatMap(servicesOf)
      .filter(({ settings }) => settings(variable).length > 0)
      .map(({ name }) => name),
  );
  const found: ReadTarget[] = [];
  for (const name of overrideNames) {
    const file = join(dirname(path), name);
    const other = await yamlOf(file);
    for (const service of (other?.roots ?? []).flatMap(servicesOf)) {
      const own = service.settings(variable).at(-1);
      if (!own || !other || !setting.has(service.name)) continue;
      const where = `${file}, service ${service.name}`;
      found.push(...(await setBy(other, own, { variable, where, folder: dirname(path), path, reader })));
    }
  }
  return found;
}

async function overridersOfUnit(
  { path, variable }: SettingPlace,
  reader: EncryptionKey,
): Promise<ReadTarget[]> {
  const text = await textOf(path);
  if (text === undefined) return [];
  const folder = dirname(path);
  const isDropIn = basename(folder).endsWith('.d');
  const dropIns = await namesIn(isDropIn ? folder : `${path}.d`);
  const later = dropIns
    .filter((name) => name.endsWith('.conf') && (!isDropIn || name > basename(path)))
    .map((name) => join(isDropIn ? folder : `${path}.d`, name));
  const found = await setIn(later, planSystemdUnit(variable), { variable, reader });
  // Podman takes Environment= of a Quadlet over EnvironmentFile=, systemd the other way round
  if (/^\s*\[(?:Container|Pod|Kube)\]/m.test(text)) return found;
  const files: string[] = [];
  for (const unit of [path, ...later]) {
    for (const [, named = ''] of ((await textOf(unit)) ?? '').matchAll(
      /^[ \t]*EnvironmentFile[ \t]*=[ \t]*-?(\/\S+)/gm,
    ))
      files.push(named);
  }
  return [...found, ...(await setIn(files, planEnvChange(variable), { variable, reader }))];
}

/** What of these files sets the variable, and whose key each holds. */
async function setIn(
  paths: readonly string[],
  plan: TextPlan,
  { variable, reader }: Pick<SetBy, 'variable' | 'reader'>,
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

function holdsBy(
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

function readAt(where: string, holds: string | undefined): ReadTarget {
  return { where, ...(holds !== undefined && { holds }) };
}

async function yamlOf(path: string): Promise<YamlFile | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  try {
    return readYaml(text, path);
  } catch (error) {
    expectedFailure(error);
    return undefined;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readTextFile(path).then(
    ({ text }) => text,
    (error: unknown) => {
      expectedFailure(error);
      return undefined;
    },
  );
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  // byte by byte, as systemd does
  return names.toSorted((a, b) => (a < b ? -1 : 1));
}

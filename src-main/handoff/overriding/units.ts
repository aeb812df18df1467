import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { planEnvChange } from '#handoff/env-file';
import { leavesUnset, planSystemdUnit, takesBack } from '#handoff/systemd-unit';
import { type Overrider, type Sought, setIn, textOf } from './setting-files.ts';

export async function overridersOfUnit(path: string, sought: Sought): Promise<Overrider[]> {
  const text = await textOf(path);
  if (text === undefined) return [];
  const folder = dirname(path);
  const isDropIn = basename(folder).endsWith('.d');
  const unit = isDropIn ? basename(folder).slice(0, -'.d'.length) : basename(path);
  const folders = unitFolders(isDropIn ? dirname(folder) : folder);
  const dropIns = await dropInsOf(unit, folders);
  const later = dropIns.filter((file) => !isDropIn || comesAfter(file, path));
  // of several units of a name, systemd reads the first alone
  if (!isDropIn) later.unshift(...folders.slice(0, folders.indexOf(folder)).map((one) => join(one, unit)));
  const set = await setIn(later, planSystemdUnit(sought.variable), sought);
  const found = [...set, ...(await takingAway({ path, later, dropIns, set }, sought))];
  // Podman takes Environment= of a Quadlet over EnvironmentFile=, systemd the other way round
  if (/^\s*\[(?:Container|Pod|Kube)\]/m.test(text)) return found;
  const files: string[] = [];
  for (const one of [path, ...later]) {
    for (const [, named = ''] of ((await textOf(one)) ?? '').matchAll(
      /^[ \t]*EnvironmentFile[ \t]*=[ \t]*-?(\/\S+)/gm,
    ))
      files.push(...(await filesOf(named)));
  }
  return [...found, ...(await setIn(files, planEnvChange(sought.variable), sought))];
}

/**
 * What takes the variable away: a later file that takes back what was set before it and does not set it, and whichever file of the unit has the last word
 * in `UnsetEnvironment=`, which removes it whatever sets it (systemd.exec(5)).
 */
async function takingAway(
  {
    path,
    later,
    dropIns,
    set,
  }: {
    readonly path: string;
    readonly later: readonly string[];
    readonly dropIns: readonly string[];
    readonly set: readonly Overrider[];
  },
  { variable }: Sought,
): Promise<Overrider[]> {
  const found = new Set<string>();
  for (const file of later)
    if (takesBack((await textOf(file)) ?? '', variable)) found.add(file);
    else if (set.some(({ where }) => where === file)) found.clear();
  let unsetting: string | undefined;
  for (const file of new Set([path, ...dropIns])) {
    const unset = leavesUnset((await textOf(file)) ?? '', variable);
    if (unset !== undefined) unsetting = unset ? file : undefined;
  }
  if (unsetting !== undefined && unsetting !== path) found.add(unsetting);
  return [...found].map((where) => ({ where, removes: true }));
}

/** Of two drop-ins of a name, systemd reads the one in the folder that counts more, and the other not at all. */
function comesAfter(file: string, path: string): boolean {
  return file !== path && basename(file) >= basename(path);
}

/** Where the system's units are, those that count more first (systemd.unit(5), "Unit File Load Path"). */
const systemFolders = ['etc', 'run', 'usr/local/lib', 'usr/lib', 'lib'].map(
  (one) => `/${one}/systemd/system`,
);

/** The folders that are read beside the one of a unit, and that one. */
function unitFolders(folder: string): string[] {
  // the longest end first: /usr/lib/systemd/system ends in /lib/systemd/system too
  const own = systemFolders
    .toSorted((a, b) => b.length - a.length)
    .find((one) => folder === one || folder.endsWith(one));
  if (own === undefined) return [folder];
  const root = folder.slice(0, -own.length);
  return systemFolders.map((one) => root + one);
}

/** The drop-ins of a unit and of its type, in the order of their names; of one name the first counts. */
async function dropInsOf(unit: string, folders: readonly string[]): Promise<string[]> {
  const byName = new Map<string, string>();
  for (const suffix of [`${unit}.d`, `${extname(unit).slice(1)}.d`])
    for (const folder of folders)
      for (const name of await namesIn(join(folder, suffix)))
        if (name.endsWith('.conf') && !byName.has(name)) byName.set(name, join(folder, suffix, name));
  // byte by byte, as systemd does
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
}

/** The file of an EnvironmentFile=, or those that its last part stands for, as with `*.env`. */
async function filesOf(named: string): Promise<string[]> {
  const pattern = basename(named);
  if (!/[*?]/.test(pattern)) return [named];
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const names = (await namesIn(dirname(named))).filter((name) => new RegExp(`^${escaped}$`).test(name));
  return names.toSorted().map((name) => join(dirname(named), name));
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

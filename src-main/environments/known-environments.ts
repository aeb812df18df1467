import { basename } from 'node:path';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import {
  type EnvironmentSettings,
  listEnvironmentFolders,
  readEnvironmentSettings,
} from './environment-settings.ts';

/** An environment that the window shows, or that was added on the command line: they are the same. */
export interface KnownEnvironment {
  readonly id: string;
  readonly folder: string;
  readonly settings: EnvironmentSettings;
}

/** All environments under `home` in the order in which they were added, and what kept one from being read. */
export async function knownEnvironments(
  home: string,
): Promise<{ environments: KnownEnvironment[]; damaged: KeelError[] }> {
  const environments: KnownEnvironment[] = [];
  const damaged: KeelError[] = [];
  for (const folder of await listEnvironmentFolders(home)) {
    try {
      const settings = await readEnvironmentSettings(folder);
      if (settings) environments.push({ id: basename(folder), folder, settings });
    } catch (error) {
      damaged.push(expectedFailure(error));
    }
  }
  environments.sort((a, b) => a.settings.addedAt.localeCompare(b.settings.addedAt));
  return { environments, damaged };
}

/** The environment of that name or id. Throws `environment-missing`, and `usage` where several have the name. */
export async function findEnvironment(home: string, name: string): Promise<KnownEnvironment> {
  const { environments, damaged } = await knownEnvironments(home);
  const found = environments.filter(({ id, settings }) => settings.name === name || id === name);
  const [only] = found;
  if (only && found.length === 1) return only;
  if (found.length > 1) {
    throw new KeelError(
      'usage',
      `${found.length} environments have the name ${name}; nothing was done`,
      `use an id instead: ${found.map(({ id }) => id).join(', ')}`,
    );
  }
  const [broken] = damaged;
  if (broken) throw broken;
  const names = environments.map(({ settings }) => settings.name).join(', ');
  throw new KeelError(
    'environment-missing',
    `there is no environment ${name}; nothing was done`,
    names === '' ? text`${{ do: 'add-environment' }}` : `use one of these: ${names}`,
  );
}

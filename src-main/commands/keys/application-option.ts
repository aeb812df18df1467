import { readFileSync, statSync } from 'node:fs';
import { Option } from '@commander-js/extra-typings';
import type { Application } from '#contract/application';
import { KeelError } from '#errors/keel-error';
import {
  addApplication,
  type ApplicationForm,
  formsOf,
  rotatableApplication,
} from '#applications/applications';

/** Which application a key and its values are of. */
export const applicationOption = new Option(
  '--application <name>',
  'the application that uses the key, if it is not Ballast: one that `keel applications` lists, or a JSON file that describes it; pass the key exactly as the application’s settings contain it',
).argParser((name: string) => (name.endsWith('.json') ? applicationOfFile(name) : name));

/** A description is a few hundred bytes. */
const largestFile = 1 << 16;

function applicationOfFile(path: string): string {
  try {
    if (statSync(path).size > largestFile) throw new Error('it is too large');
    return addApplication(JSON.parse(readFileSync(path, 'utf8')), path).id;
  } catch (error) {
    if (error instanceof KeelError) throw error;
    throw new KeelError(
      'usage',
      `the description of the application in ${path} cannot be read: ${(error as Error).message}; nothing was changed`,
      'pass a JSON file, or the name of an application that `keel applications` lists',
    );
  }
}

interface Options {
  readonly application?: string;
}

/**
 * The named application; undefined for Ballast, or where none is named. Throws `usage` for one that is not known, or that Keel does not
 * rotate.
 */
export function otherApplication({ application }: Options): Application | undefined {
  if (application === undefined) return undefined;
  const named = rotatableApplication(application);
  return formsOf(named).some(({ layout }) => layout.scheme) ? named : undefined;
}

/** The forms in which its values are searched for. Throws as `otherApplication` does. */
export function otherForms(options: Options): ApplicationForm[] | undefined {
  const application = otherApplication(options);
  return application && formsOf(application);
}

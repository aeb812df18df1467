import { KeelError } from '#errors/keel-error';
import type { EncryptedColumn } from '#contract/inventory';
import { type Layout, parseLayout } from '#forms/layout';
import { type Application, application } from './application.ts';

const files = import.meta.glob<unknown>('../../resources/applications/*.json', {
  eager: true,
  import: 'default',
});

let read: readonly Application[] | undefined;

/** Every application that Keel knows, by name. Read at the first call, since most commands need none. */
export function applications(): readonly Application[] {
  read ??= Object.values(files)
    .map((file) => application.parse(file))
    .sort((one, other) => one.id.localeCompare(other.id));
  return read;
}

/** The form of an application's ciphertexts, with the place of an IV beside them. */
export interface ApplicationForm {
  readonly application: Application;
  readonly layout: Layout;
  /** As an inventory writes both. */
  readonly entry: Pick<EncryptedColumn, 'layout' | 'iv'>;
}

/** The forms of an application, in the order of its file. */
export function formsOf(one: Application): ApplicationForm[] {
  return one.forms.map(({ layout, iv }) => ({
    application: one,
    layout: parseLayout(layout),
    entry: { layout, ...(iv && { iv }) },
  }));
}

/** The application of that name or id. Throws `usage`, naming those that are known. */
export function applicationNamed(name: string): Application {
  const wanted = name.toLowerCase();
  const found = applications().find((one) => one.id === wanted || one.name.toLowerCase() === wanted);
  if (found) return found;
  throw new KeelError(
    'usage',
    `the application \`${name}\` is unknown`,
    `use one of ${applications()
      .map(({ id }) => id)
      .join(', ')}`,
  );
}

/** The same of one that Keel rotates. Throws `usage` with the reason, and its own command, for the others. */
export function rotatableApplication(name: string): Application {
  const one = applicationNamed(name);
  if (one.forms.length > 0 && one.outOfScope === undefined) return one;
  throw new KeelError(
    'usage',
    `Keel does not read the ciphertexts of ${one.name}: ${one.outOfScope ?? 'it rotates its key itself'}; nothing was changed`,
    one.rotatesItself ?? 'ask its developers for a way to rotate the key',
  );
}

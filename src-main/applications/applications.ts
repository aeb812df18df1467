import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { KeelError } from '#errors/keel-error';
import { type Layout, parseLayout } from '#forms/layout';
import { type Application, application, type ChosenApplication, type FormPart } from '#contract/application';

const files = import.meta.glob<unknown>('../../resources/applications/*.json', {
  eager: true,
  import: 'default',
});

let read: readonly Application[] | undefined;
/** Of files that the admin gave, by name. */
const given = new Map<string, Application>();

/** Every application that Keel knows, by name. Read at the first call, since most commands need none. */
export function applications(): readonly Application[] {
  read ??= [...Object.values(files).map((file) => application.parse(file)), ...given.values()].sort(
    (one, other) => one.id.localeCompare(other.id),
  );
  return read;
}

/**
 * Adds one that is described as those of `resources/applications` are, for as long as the process runs. Throws `usage` for a file that is
 * not so, or whose name is taken.
 */
export function addApplication(content: unknown, path: string): Application {
  const result = application.safeParse(content);
  const problem = result.success ? takenName(result.data) : z.prettifyError(result.error);
  if (problem !== undefined || !result.data) {
    throw new KeelError(
      'usage',
      `${path} does not describe an application: ${problem}; nothing was changed`,
      'write it like the files in `resources/applications`, as `docs/guide/other-applications.md` shows',
    );
  }
  // reading all of them again takes a while
  const known = given.get(result.data.id);
  if (known && isDeepStrictEqual(known, result.data)) return known;
  formsOf(result.data);
  given.set(result.data.id, result.data);
  read = undefined;
  return result.data;
}

function takenName({ id }: Application): string | undefined {
  const isTaken = !given.has(id) && applications().some((one) => one.id === id);
  return isTaken ? `Keel already knows \`${id}\`` : undefined;
}

/** The application of an environment, and its description added where it is the admin's own. Throws `usage` as these do. */
export function chosenApplicationOf(chosen: ChosenApplication): Application {
  return typeof chosen === 'string'
    ? rotatableApplication(chosen)
    : addApplication(chosen, `the description of ${chosen.name}`);
}

/** The forms in which values of an environment are looked for; undefined for one of Ballast. */
export function formsOfChosen(chosen: ChosenApplication | undefined): ApplicationForm[] | undefined {
  return chosen === undefined ? undefined : formsOf(chosenApplicationOf(chosen));
}

/**
 * The variable that the application of an environment reads its key from; Ballast's without one. Throws `usage` for an application that
 * reads a file, whose place is named as such.
 */
export function variableOfChosen(chosen: ChosenApplication | undefined): string {
  if (chosen === undefined) return 'ENCRYPTION_KEY';
  const { name, variables } = chosenApplicationOf(chosen);
  const variable = variables.find(isVariable);
  if (variable !== undefined) return variable;
  throw new KeelError(
    'usage',
    `${name} reads its key from: ${variables.join('; ')}; nothing was changed`,
    'name the variable, or the file as a key file',
  );
}

/** Whether a place of a key is an environment variable, and not a file or several of them. */
export function isVariable(place: string): boolean {
  return /^[A-Za-z_]\w*$/.test(place);
}

/** Who reads the keys of an environment, Ballast included. */
export function readerOfChosen(chosen: ChosenApplication | undefined): Application {
  return chosen === undefined ? applicationNamed('ballast') : chosenApplicationOf(chosen);
}

/** What people call the application of an environment. */
export function applicationNameOf(chosen: ChosenApplication | undefined): string {
  return chosen === undefined ? 'Ballast' : chosenApplicationOf(chosen).name;
}

/** What an environment keeps of its application: the name is enough of one that Keel knows itself. */
export function asChosen({ id }: Application): ChosenApplication {
  return given.get(id) ?? id;
}

/** Parts of a ciphertext that may be in texts of their own. */
export const partsApart = ['iv', 'tag', 'salt'] as const;
export type PartApart = (typeof partsApart)[number];

/** The form of an application's ciphertexts, with the parts that are not in the same text. */
export interface ApplicationForm {
  readonly application: Application;
  readonly layout: Layout;
  readonly apart: Partial<Readonly<Record<PartApart, FormPart>>>;
}

/** The forms of an application, in the order of its file. */
export function formsOf(one: Application): ApplicationForm[] {
  return one.forms.map(({ layout, iv, tag, salt }) => ({
    application: one,
    layout: parseLayout(layout),
    apart: { ...(iv && { iv }), ...(tag && { tag }), ...(salt && { salt }) },
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

/**
 * The applications that Keel does not rotate, and whose own tables a database has: their values may be written as another one's are, and
 * what else hangs on their key would be lost with it.
 */
export function outOfScopeIn(
  tables: readonly { readonly name: string; readonly columns: readonly { readonly name: string }[] }[],
): Application[] {
  const isThere = (own: string) => {
    const [name, column] = own.split('.');
    return tables.some(
      (table) =>
        table.name === name && (column === undefined || table.columns.some((one) => one.name === column)),
    );
  };
  return applications().filter(
    ({ outOfScope, ownTables }) => outOfScope !== undefined && ownTables.some(isThere),
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

import { z } from 'zod';
import { KeelError } from '#errors/keel-error';
import type { Text } from '#errors/text';
import { isLater, keelVersion, readVersion } from './keel-version.ts';
import { keepUnknown, parsePassingOver } from './unknown-fields.ts';
import { isObject } from '#shared/is-object';

type Fields = Readonly<Record<string, unknown>>;

/** What is known about a kind of file, whatever its contents. */
export interface StateFacts {
  /** Its path in Keel's home, with `*` for the variable part: as ARCHITECTURE.md lists it. */
  readonly file: string;
  /** What to call it in a sentence, like `the key ring`. */
  readonly what: string;
  /** The version of files that are written. Raised when an older file would be misread, and not for an additional field. */
  readonly version: number;
  /** What turns the contents of a version into those of the next. */
  readonly migrations: Readonly<Record<number, (older: Fields) => Fields>>;
  /** What to do about a damaged one. */
  readonly remedy: Text;
  /** The first Keel wrote it without a version. */
  readonly firstHadNoVersion: boolean;
  /** It can be recreated, so the next write sets a damaged one aside; otherwise the write is refused. */
  readonly replaceable: boolean;
  /** Its contents are never quoted, not even the names of its fields. */
  readonly secret: boolean;
}

/** One kind of file in which Keel keeps state, with everything that is needed to read it in any version. */
export interface StateKind<State> extends StateFacts {
  /** The contents, without `version` and `writtenBy`. Strict: unknown fields are ignored, and kept. */
  readonly schema: z.ZodType<State>;
}

type Declared<State> = Pick<StateKind<State>, 'file' | 'what' | 'version' | 'schema' | 'remedy'>;

/** Declares a kind of state. Version 1 has no migrations; each later version needs the step from the previous one. */
export function stateKind<State>(kind: Declared<State> & Partial<StateKind<State>>): StateKind<State> {
  const complete = { migrations: {}, firstHadNoVersion: false, replaceable: false, secret: false, ...kind };
  for (let version = 1; version < kind.version; version++) {
    if (!complete.migrations[version]) throw new Error(`${kind.file}: no migration from version ${version}`);
  }
  return complete;
}

/** The contents of a file, and the document that they were read from. */
export interface ReadState<State> {
  readonly state: State;
  /** In the current version, with fields that this Keel does not know. */
  readonly document: Fields;
}

/**
 * The contents of a text of this kind, also in an older version. Throws `state-newer` if a later Keel wrote it in a form that
 * this one cannot read, and `state-damaged` if no Keel writes it like that; both name `path`.
 */
export function parseState<State>(kind: StateKind<State>, text: string, path: string): ReadState<State> {
  const written = fieldsOf(kind, text, path);
  const { version: declared, writtenBy, ...fields } = written;
  const version = declared === undefined && kind.firstHadNoVersion ? 1 : declared;
  if (!Number.isInteger(version) || (version as number) < 1)
    throw stateDamaged(kind, path, 'it has no version');
  if ((version as number) > kind.version) throw newer(kind, path, readVersion(writtenBy));
  const document = migrated(kind, version as number, fields, path);
  const parsed = parsePassingOver(kind.schema, document);
  if ('value' in parsed) return { state: parsed.value, document };
  // a later Keel may allow what this one does not, without a new version of the file
  const author = readVersion(writtenBy);
  if (author !== undefined && isLater(author, keelVersion)) throw newer(kind, path, author);
  const how = z.prettifyError(parsed.error).replace(/\s+/g, ' ').slice(0, 300);
  throw stateDamaged(
    kind,
    path,
    kind.secret ? 'its contents are not in the expected format' : how,
    parsed.error,
  );
}

/** The text of a file with these contents; fields of `before` that this Keel does not know are kept. */
export function formatState<State>(kind: StateKind<State>, state: State, before?: ReadState<State>): string {
  const kept = before ? keepUnknown(state, before.state, before.document) : state;
  const document = { version: kind.version, writtenBy: keelVersion, ...(kept as Fields) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The `state-damaged` for a file of this kind. */
export function stateDamaged(kind: StateFacts, path: string, how: string, cause?: unknown): KeelError {
  return new KeelError(
    'state-damaged',
    `${kind.what} ${path} is damaged: ${how}; it was not changed`,
    kind.remedy,
    kind.secret ? {} : { cause },
  );
}

function newer(kind: StateFacts, path: string, author: string | undefined): KeelError {
  const who = author === undefined ? 'a newer Keel' : `Keel ${author}`;
  const reason = `${kind.what} ${path} was written by ${who}, but this is ${keelVersion}`;
  return new KeelError(
    'state-newer',
    `${reason}; nothing was changed`,
    `update Keel${author === undefined ? '' : ` to ${author} or later`}, then try again`,
    { reason },
  );
}

function fieldsOf(kind: StateFacts, text: string, path: string): Fields {
  if (text.trim() === '') throw stateDamaged(kind, path, 'it is empty');
  if (/^\0+$/.test(text)) throw stateDamaged(kind, path, 'it contains only zeros');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw stateDamaged(kind, path, 'it is not JSON, or it is truncated', error);
  }
  if (isObject(document)) return document;
  throw stateDamaged(kind, path, 'it contains no JSON object');
}

function migrated(kind: StateFacts, from: number, fields: Fields, path: string): Fields {
  let document = fields;
  try {
    for (let version = from; version < kind.version; version++) {
      document = kind.migrations[version]?.(document) ?? document;
    }
  } catch (error) {
    throw stateDamaged(kind, path, `it is not in the format of version ${from}`, error);
  }
  return document;
}

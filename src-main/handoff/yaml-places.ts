import { parse as parseJson, type ParseError, stripComments } from 'jsonc-parser';
import {
  type Alias,
  isAlias,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Pair,
  parseAllDocuments,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import { unclear } from './unclear.ts';

/** A scalar of a YAML file, where its source stands. */
export interface YamlPlace {
  readonly value: string;
  /** Of the whole scalar with its quotes, in UTF-16 units from the start of the text. */
  readonly start: number;
  readonly end: number;
  /** Counted from 1. */
  readonly line: number;
}

export interface YamlFile {
  /** The root of each document that is a map. */
  readonly roots: readonly YamlRoot[];
  readonly placeOf: (scalar: Scalar) => YamlPlace;
  /** Counted from 1. */
  readonly lineOf: (offset: number) => number;
}

/** A document's map, and what its aliases are names of. */
export interface YamlRoot {
  readonly map: YAMLMap;
  /** The node itself, or the one that it is an alias of. */
  readonly resolved: (node: unknown) => unknown;
}

/**
 * Reads a YAML text of one character a byte, so that places in it are places in the file. Throws `file-unwritable`,
 * naming a line and no values.
 */
export function readYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  // a byte order mark read byte by byte is three letters
  const mark = text.startsWith('\u00EF\u00BB\u00BF') ? 3 : 0;
  const documents = parseAllDocuments(withoutComments(text.slice(mark)), {
    lineCounter: lines,
    uniqueKeys: true,
    merge: true,
    logLevel: 'silent',
  });
  const parsed = 'empty' in documents ? [] : documents;
  const error = parsed.flatMap(({ errors }) => errors)[0];
  if (error) {
    const line = error.linePos?.[0].line ?? 1;
    const twice = error.code === 'DUPLICATE_KEY';
    throw unclear(
      file,
      twice ? `a key appears twice in one map (line ${line})` : `line ${line} is not valid YAML`,
      twice ? 'keep one of the two, then start again' : 'fix the file, then start again',
    );
  }
  return {
    roots: parsed.flatMap((document) => {
      const { contents } = document;
      const resolved = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
      return isMap(contents) ? [{ map: contents, resolved }] : [];
    }),
    placeOf(scalar) {
      const [start, end] = scalar.range ?? [0, 0];
      return {
        value: typeof scalar.value === 'string' ? scalar.value : '',
        start: start + mark,
        end: end + mark,
        line: lines.linePos(start).line,
      };
    },
    lineOf: (offset) => lines.linePos(offset).line,
  };
}

/** JSON that has comments, as .NET and editors write it, with blanks in their place; any other text as it is. */
function withoutComments(text: string): string {
  const errors: ParseError[] = [];
  parseJson(text, errors, { allowTrailingComma: true });
  return errors.length === 0 ? stripComments(text, ' ') : text;
}

/** A scalar that something in a document names, itself or by an alias. */
export interface NamedScalar {
  readonly scalar: Scalar;
  /** The maps, lists and pairs around the name, the outermost first. */
  readonly around: readonly unknown[];
}

/** Every scalar that a map of the document has under `name`, wherever the map is; that of an anchor where it has an alias. */
export function scalarsUnder({ map, resolved }: YamlRoot, name: string): NamedScalar[] {
  const found: NamedScalar[] = [];
  visit(map, {
    Pair(_, pair, around) {
      const scalar = isScalar(pair.key) && pair.key.value === name ? resolved(pair.value) : undefined;
      if (isScalar(scalar)) found.push({ scalar, around });
    },
  });
  return found;
}

/** Every scalar that is an item of a list of the document, itself or by an alias. */
export function listedScalars({ map, resolved }: YamlRoot): NamedScalar[] {
  const found: NamedScalar[] = [];
  visit(map, {
    Seq(_, list, around) {
      for (const item of list.items) {
        const scalar = resolved(item);
        if (isScalar(scalar)) found.push({ scalar, around: [...around, list] });
      }
    },
  });
  return found;
}

/**
 * Lines on which something else than `name` is one of these scalars, or an alias of it. An anchor of an `x-` extension of a compose file is no use
 * of its own.
 */
function otherUses(
  { map, resolved }: YamlRoot,
  scalars: readonly Scalar[],
  name: string,
  lineOf: (offset: number) => number,
): number[] {
  const lines: number[] = [];
  visit(map, {
    Pair(_, pair, around) {
      if (isScalar(pair.key) && pair.key.value === name) return;
      const scalar = resolved(pair.value);
      if (!isScalar(scalar) || !scalars.includes(scalar)) return;
      if (isAlias(pair.value) || !isExtension(around.find(isPair) ?? pair))
        lines.push(lineOf((pair.value as Alias | Scalar).range?.[0] ?? 0));
    },
  });
  return lines;
}

/**
 * Throws `file-unwritable` where something else than `name` is one of these scalars too: it would change with them, unasked. `shown` is what
 * messages call the value.
 */
export function assertOnlyUse(
  { roots, lineOf }: YamlFile,
  scalars: readonly Scalar[],
  name: string,
  file: string,
  shown = name,
): void {
  const lines = roots.flatMap((root) => otherUses(root, scalars, name, lineOf));
  if (lines.length === 0) return;
  throw unclear(
    file,
    `the value of ${shown} is also used for something else (line ${lines.join(', ')})`,
    `give ${shown} its own value, then start again`,
  );
}

function isExtension({ key }: Pair): boolean {
  return isScalar(key) && String(key.value).startsWith('x-');
}

/**
 * The text with another value at each place. Quotes, the style of a block, and blanks and line ends around a value stay. Throws `file-unwritable`
 * where the source of a value is not the value itself, as with escapes, or where a reader would then find another value changed.
 */
export function replaceAt(
  text: string,
  places: readonly YamlPlace[],
  valueFor: (place: YamlPlace) => string,
  file: string,
): string {
  const next = new Map(places.map((place) => [place, valueFor(place).trim()]));
  let result = text;
  for (const [place, value] of [...next].sort(([a], [b]) => b.start - a.start))
    result = replaced(result, place, value, file);
  assertElseUnchanged(text, result, next, file);
  return result;
}

function replaced(text: string, { value, start, end, line }: YamlPlace, next: string, file: string): string {
  const [before, source, rest] = [text.slice(0, start), text.slice(start, end), text.slice(end)];
  const core = value.trim();
  const [lead, tail, ...more] = core === '' ? [] : source.split(core);
  if (lead !== undefined && tail !== undefined && more.length === 0) {
    const isPlain = lead === '' && tail === '';
    // the blank that stands between a name and its value goes with the value
    return `${next === '' && isPlain ? before.replace(/[ \t]$/, '') : before + lead}${next}${tail}${rest}`;
  }
  if (source === '""' || source === "''") return before + source.charAt(0) + next + source.charAt(0) + rest;
  if (source === '') {
    const name = before.replace(/[ \t]+$/, '');
    return `${name} ${next}${before.slice(name.length)}${rest}`;
  }
  throw unclear(
    file,
    core === '' && /^(?:~|null)$/i.test(source)
      ? `the value on line ${line} is null`
      : `the value on line ${line} is written with escapes or over several lines`,
    'write it on one line, plain or in quotes, then start again',
  );
}

/** Reads both texts, and compares each value with the one that was in its place. */
function assertElseUnchanged(
  before: string,
  after: string,
  next: ReadonlyMap<YamlPlace, string>,
  file: string,
): void {
  const byStart = new Map([...next].map(([{ start }, value]) => [start, value]));
  const expected = valuesIn(before, file).map(({ start, value }) => byStart.get(start) ?? value.trim());
  const found = valuesIn(after, file).map(({ value }) => value.trim());
  if (expected.length === found.length && expected.every((value, index) => value === found[index])) return;
  const lines = [...next.keys()].map(({ line }) => line).join(', ');
  throw unclear(
    file,
    `the value on line ${lines} cannot be replaced without changing other values`,
    'write it on one line, plain or in quotes, then start again',
  );
}

/** Every scalar of a text, names included, in its order; where it starts. */
function valuesIn(text: string, file: string): { readonly start: number; readonly value: string }[] {
  const values: { readonly start: number; readonly value: string }[] = [];
  const { roots, placeOf } = readYaml(text, file);
  for (const { map } of roots)
    visit(map, {
      Scalar(_, scalar) {
        const { start } = placeOf(scalar);
        const { value, source = '' } = scalar;
        values.push({ start, value: typeof value === 'string' ? value : source });
      },
    });
  return values;
}

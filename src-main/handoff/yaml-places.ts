import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
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
  const documents = parseAllDocuments(text.slice(mark), {
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

/** Lines on which something else than `name` is an alias of one of these scalars. */
export function otherUses(
  { map, resolved }: YamlRoot,
  scalars: readonly Scalar[],
  name: string,
  lineOf: (offset: number) => number,
): number[] {
  const lines: number[] = [];
  visit(map, {
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value === name) return;
      const scalar = isAlias(pair.value) ? resolved(pair.value) : undefined;
      if (isScalar(scalar) && scalars.includes(scalar))
        lines.push(lineOf((pair.value as Alias).range?.[0] ?? 0));
    },
  });
  return lines;
}

/**
 * The text with another value at each place. Quotes and the style of a block stay. Throws `file-unwritable` where the
 * source of a value is not the value itself, as with escapes.
 */
export function replaceAt(
  text: string,
  places: readonly YamlPlace[],
  valueFor: (place: YamlPlace) => string,
  file: string,
): string {
  let result = text;
  for (const place of [...places].sort((a, b) => b.start - a.start)) {
    const source = text.slice(place.start, place.end);
    result =
      result.slice(0, place.start) + replaced(source, place, valueFor(place), file) + result.slice(place.end);
  }
  return result;
}

function replaced(source: string, { value, line }: YamlPlace, next: string, file: string): string {
  const parts = value === '' ? [] : source.split(value);
  const [before, after] = parts;
  if (before !== undefined && after !== undefined && parts.length === 2) return before + next + after;
  if (source === '""' || source === "''") return source.charAt(0) + next + source.charAt(0);
  if (source === '') return ` ${next}`;
  throw unclear(
    file,
    `the value on line ${line} is written with escapes or over several lines`,
    'write it on one line, plain or in quotes, then start again',
  );
}

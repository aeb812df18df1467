import type { Node } from 'jsonc-parser';
import { parseDocument } from './json-document.ts';
import { type Escapes, escapedLeaf, type Leaf, sliceLeaf } from './leaf.ts';
import { latin1 } from './template.ts';

/**
 * What a value of a column contains, by its type. `plain` contains no text written by anybody: a number, a
 * date, an enum.
 */
export type CellShape =
  | { readonly kind: 'text' | 'bytes' | 'json' | 'hstore' | 'uuid' | 'plain' }
  | { readonly kind: 'array'; readonly element: CellShape; readonly delimiter: string }
  | {
      readonly kind: 'record';
      readonly fields: readonly { readonly name: string; readonly shape: CellShape }[];
    };

/** A part of a value that a step of a path may lead to. */
export interface Child {
  /** Latin-1, as all texts here. */
  readonly name?: string;
  readonly index?: number;
  readonly place: Place;
}

/** A place in a cell: its text, and what that text is. */
export interface Place {
  readonly leaf: Leaf;
  readonly shape: CellShape;
  /**
   * If it is a part of a JSON document: its node, and the text of the document to which the node's offsets
   * refer.
   */
  readonly json?: { readonly node: Node; readonly document: Leaf };
}

const text: CellShape = { kind: 'text' };
const json: CellShape = { kind: 'json' };

/**
 * The place of a whole value; for a JSON document, its root. Undefined if it is not written as its type
 * requires.
 */
export function rootPlace(leaf: Leaf, shape: CellShape): Place | undefined {
  if (shape.kind !== 'json') return { leaf, shape };
  const node = parseDocument(leaf.text);
  return node && nodePlace(leaf, node);
}

/** The parts of a value; empty if it has none. A text that is a JSON document counts as one. */
export function childrenOf({ leaf, shape, json: part }: Place): Child[] {
  if (part && part.node.type !== 'string') return nodeChildren(part.document, part.node);
  switch (shape.kind) {
    case 'array':
      return arrayChildren(leaf, shape.element, shape.delimiter);
    case 'record':
      return recordChildren(leaf, shape.fields);
    case 'hstore':
      return hstoreChildren(leaf);
    case 'uuid':
    case 'plain':
      return [];
    case 'text':
    case 'bytes':
    case 'json':
    default: {
      const inner = documentIn(leaf);
      return inner ? childrenOf(inner) : listChildren(leaf);
    }
  }
}

/** Longest word before a document, like `ENC:`. */
const prefixed = /^[\w$<>.:;|-]{1,24}(?=[{[])/;

/** The JSON document that a text is, or contains after a word; undefined if there is none. */
function documentIn(leaf: Leaf): Place | undefined {
  if (/^\s*[{["]/.test(leaf.text)) return rootPlace(leaf, json);
  const [prefix] = prefixed.exec(leaf.text) ?? [];
  return prefix === undefined ? undefined : rootPlace(sliceLeaf(leaf, prefix.length, leaf.text.length), json);
}

/**
 * A whole text as a place from which a path continues: a document, or a list of values, even of a single one.
 */
export function textPlace(leaf: Leaf): Place {
  return documentIn(leaf) ?? { leaf, shape: text };
}

/** Digits of base64, base64url or hex, more than 16 bytes, so that none is an IV. */
const listed = /^(?!(?:[\da-f]{32}|[\w+/-]{22}={0,2})$)[\w+/-]{23,}={0,2}$/i;

/** Values in one text: runs of digits with a comma, a semicolon or a bar between them. */
function listChildren(leaf: Leaf): Child[] {
  const { text: written } = leaf;
  const [separator] = /[,;|]/.exec(written) ?? [];
  if (separator === undefined) return [];
  const children: Child[] = [];
  let from = 0;
  for (const piece of written.split(separator)) {
    const trimmed = piece.trim();
    if (!listed.test(trimmed)) return [];
    const start = from + piece.indexOf(trimmed);
    const item = { leaf: sliceLeaf(leaf, start, start + trimmed.length), shape: text };
    children.push({ index: children.length, place: item });
    from += piece.length + separator.length;
  }
  return children;
}

/**
 * Whether a place is a text, as a ciphertext is, and not a number, an object or the like in a JSON document.
 */
export function isText({ json: part }: Place): boolean {
  return !part || part.node.type === 'string';
}

/** Whether a place contains nothing that could be encrypted: empty text, or JSON null. */
export function isBlank({ leaf, json: part }: Place): boolean {
  return part?.node.type === 'null' || leaf.text === '';
}

function nodePlace(document: Leaf, node: Node): Place {
  const end = node.offset + node.length;
  if (node.type === 'string') {
    const written = document.text.slice(node.offset, end);
    const leaf = escapedLeaf(document, node.offset + 1, end - 1, jsonEscapes(written));
    return { leaf, shape: text, json: { node, document } };
  }
  return { leaf: sliceLeaf(document, node.offset, end), shape: json, json: { node, document } };
}

function nodeChildren(document: Leaf, node: Node): Child[] {
  if (node.type === 'array') {
    return (node.children ?? []).map((child, index) => ({ index, place: nodePlace(document, child) }));
  }
  if (node.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key && value ? [{ name: nodePlace(document, key).leaf.text, place: nodePlace(document, value) }] : [],
  );
}

const jsonShort: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * Escapes of a JSON string (RFC 8259, section 7); a replacement escapes the same characters as the literal
 * does.
 */
function jsonEscapes(literal: string): Escapes {
  const manner = new Map<string, string>();
  const escaped = literal.includes('\\') ? literal : '';
  for (const [escape, code] of escaped.matchAll(/\\(?:u([\da-fA-F]{4})|.)/g)) {
    const character = code === undefined ? escape.slice(1) : String.fromCharCode(Number.parseInt(code, 16));
    if (/[!-~]/.test(character) && (code !== undefined || character === '/')) manner.set(character, escape);
  }
  return {
    read(written, i) {
      if (written[i] !== '\\') return { stands: written[i] as string, length: 1 };
      if (written[i + 1] !== 'u') {
        const next = written[i + 1] as string;
        return { stands: jsonShort[next] ?? next, length: 2 };
      }
      const pair = /^\\u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})/.exec(
        written.slice(i, i + 12),
      );
      const codes = pair ? [pair[1], pair[2]] : [written.slice(i + 2, i + 6)];
      const units = codes.map((code) => Number.parseInt(code as string, 16));
      return { stands: latin1(String.fromCharCode(...units)), length: pair ? 12 : 6 };
    },
    write: (piece) =>
      manner.size === 0
        ? jsonEscaped(piece)
        : Array.from(piece, (one) => manner.get(one) ?? jsonEscaped(one)).join(''),
  };
}

function jsonEscaped(piece: string): string {
  return JSON.stringify(piece).slice(1, -1);
}

/** Escapes of array elements and hstore values in quotes: a backslash before what it protects. */
const backslashEscapes: Escapes = {
  read: (written, i) =>
    written[i] === '\\'
      ? { stands: written[i + 1] ?? '', length: 2 }
      : { stands: written[i] as string, length: 1 },
  write: (piece) => piece.replace(/["\\]/g, '\\$&'),
};

/** Escapes of a composite value's fields in quotes: quotes and backslashes are doubled. */
const doublingEscapes: Escapes = {
  read(written, i) {
    const character = written[i] as string;
    const doubled = (character === '"' || character === '\\') && i + 1 < written.length;
    return { stands: doubled ? (written[i + 1] as string) : character, length: doubled ? 2 : 1 };
  },
  write: (piece) => piece.replace(/["\\]/g, '$&$&'),
};

/** Elements of an array's text form, of all dimensions, in order (documentation, 8.15.6, "Array Input and Output Syntax"). */
function arrayChildren(leaf: Leaf, element: CellShape, delimiter: string): Child[] {
  const { text: written } = leaf;
  const children: Child[] = [];
  let i = written.indexOf('{');
  let index = 0;
  for (; i >= 0 && i < written.length; ) {
    const character = written[i] as string;
    if (character === '{' || character === '}' || character === delimiter) i++;
    else if (character === '"') {
      const end = quotedEnd(written, i, 'backslash');
      children.push({
        index: index++,
        place: { leaf: escapedLeaf(leaf, i + 1, end, backslashEscapes), shape: element },
      });
      i = end + 1;
    } else {
      let end = i;
      while (end < written.length && !`{}${delimiter}`.includes(written[end] as string)) end++;
      const isNull = written.slice(i, end) === 'NULL';
      if (!isNull) children.push({ index, place: { leaf: sliceLeaf(leaf, i, end), shape: element } });
      index++;
      i = end;
    }
  }
  return children;
}

/** Fields of a composite value's text form (documentation, 8.16.6, "Composite Type Input and Output Syntax"). */
function recordChildren(
  leaf: Leaf,
  fields: readonly { readonly name: string; readonly shape: CellShape }[],
): Child[] {
  const { text: written } = leaf;
  const children: Child[] = [];
  let i = 1;
  for (const field of fields) {
    const name = latin1(field.name);
    if (written[i] === '"') {
      const end = quotedEnd(written, i, 'doubled');
      children.push({
        name,
        place: { leaf: escapedLeaf(leaf, i + 1, end, doublingEscapes), shape: field.shape },
      });
      i = end + 1;
    } else {
      let end = i;
      while (end < written.length && !',)'.includes(written[end] as string)) end++;
      if (end > i) children.push({ name, place: { leaf: sliceLeaf(leaf, i, end), shape: field.shape } });
      i = end;
    }
    i++;
  }
  return children;
}

/** Pairs of an hstore's text form: `"key"=>"value"`, always in quotes when the server writes it. */
function hstoreChildren(leaf: Leaf): Child[] {
  const { text: written } = leaf;
  const children: Child[] = [];
  for (let i = written.indexOf('"'); i >= 0; i = written.indexOf('"', i)) {
    const keyEnd = quotedEnd(written, i, 'backslash');
    const name = escapedLeaf(leaf, i + 1, keyEnd, backslashEscapes).text;
    i = keyEnd + 1;
    if (written.slice(i, i + 2) !== '=>') break;
    i += 2;
    if (written[i] === '"') {
      const end = quotedEnd(written, i, 'backslash');
      children.push({ name, place: { leaf: escapedLeaf(leaf, i + 1, end, backslashEscapes), shape: text } });
      i = end + 1;
    }
  }
  return children;
}

/** Index of the quotation mark that ends the string which begins at `start`. */
function quotedEnd(written: string, start: number, manner: 'backslash' | 'doubled'): number {
  for (let i = start + 1; i < written.length; i++) {
    if (written[i] === '\\') i++;
    else if (written[i] === '"') {
      if (manner === 'backslash' || written[i + 1] !== '"') return i;
      i++;
    }
  }
  return written.length;
}

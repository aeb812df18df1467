import { isUtf8 } from 'node:buffer';
import type { Node } from 'jsonc-parser';
import { parseDocument } from '#forms/json-document';
import { KeelError } from '#errors/keel-error';

/** How a secret is made up, without anything of what it says but the names of its fields. */
export type SecretForm =
  | { readonly form: 'text' | 'binary' }
  | { readonly form: 'fields'; readonly fields: readonly string[] };

/** A credential object has a handful; more is a document. */
const maxFields = 60;

interface Leaf {
  readonly name: string;
  readonly node: Node;
}

/** A JSON object is a set of fields, host, user, password …, each of which can be shown or replaced by itself. */
export function formOf(secret: Uint8Array): SecretForm {
  if (!isUtf8(secret)) return { form: 'binary' };
  const leaves = leavesOf(asText(secret));
  return leaves ? { form: 'fields', fields: leaves.map(({ name }) => name) } : { form: 'text' };
}

/** The secret as text, or one field of it by its place in `formOf`; base64 of what is no text. */
export function revealed(secret: Uint8Array, field?: number): string {
  if (!isUtf8(secret)) return Buffer.from(secret).toString('base64');
  const text = asText(secret);
  if (field === undefined) return text;
  const { node } = leafAt(text, field);
  return node.type === 'string' ? (node.value as string) : literal(text, node);
}

/** The name of a field by its place in `formOf`. */
export function fieldName(secret: Uint8Array, field: number | undefined): string | undefined {
  return field === undefined ? undefined : leafAt(asText(secret), field).name;
}

/** The secret with one field replaced and every other character as it is, or the new value itself. The caller wipes it. */
export function replaced(secret: Uint8Array, value: string, field?: number): Buffer {
  if (field === undefined) return Buffer.from(value, 'utf8');
  const text = asText(secret);
  const { node } = leafAt(text, field);
  // a port stays a number
  const isLiteral = node.type !== 'string' && node.type === literalType(value);
  const fresh = isLiteral ? value.trim() : JSON.stringify(value);
  return Buffer.from(text.slice(0, node.offset) + fresh + text.slice(node.offset + node.length), 'utf8');
}

/** What text would be if it stood in JSON without quotation marks. */
function literalType(value: string): 'number' | 'boolean' | undefined {
  if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(value.trim())) return 'number';
  return /^(true|false)$/.test(value.trim()) ? 'boolean' : undefined;
}

function leafAt(text: string, field: number): Leaf {
  const leaf = leavesOf(text)?.[field];
  if (leaf) return leaf;
  throw new KeelError(
    'value-changed',
    'the credential no longer has that field; nothing was changed',
    'open it again',
  );
}

/** The scalars of an object with their paths; undefined for what is shown as text. */
function leavesOf(text: string): readonly Leaf[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const root = parseDocument(text);
  if (!root) return undefined;
  const leaves: Leaf[] = [];
  gather(root, '', leaves);
  return leaves.length > 0 && leaves.length <= maxFields ? leaves : undefined;
}

function gather(node: Node, name: string, leaves: Leaf[]): void {
  if (leaves.length > maxFields) return;
  if (node.type === 'object') {
    for (const [i, { children: [key, value] = [] }] of (node.children ?? []).entries()) {
      const own = shownName(String(key?.value), i);
      if (value) gather(value, name === '' ? own : `${name}.${own}`, leaves);
    }
  } else if (node.type === 'array') {
    for (const [i, child] of (node.children ?? []).entries()) gather(child, `${name}[${i}]`, leaves);
  } else leaves.push({ name, node });
}

/** A member's name is part of the secret: one that does not look like a name is not shown. */
function shownName(name: string, place: number): string {
  return /^[a-z_][\w-]{0,39}$/i.test(name) ? name : `field ${place + 1}`;
}

function literal(text: string, { offset, length }: Node): string {
  return text.slice(offset, offset + length);
}

function asText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

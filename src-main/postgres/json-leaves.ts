import type { Node } from 'jsonc-parser';
import { parseDocument } from '#crypto/json-document';
import { formatJsonPath, type JsonStep } from './json-path.ts';

/** An object with more distinct keys than this, over all documents, is taken for a map by id: `$.*`. */
const mostNamedMembers = 24;

/** Text leaves of many documents, and objects that could hold `{iv, data}`, grouped by generalised path. */
export function collectLeaves(documents: readonly string[]): Map<string, Buffer[]> {
  const trees = documents.map((text) => ({ text, tree: parseDocument(text) }));
  const names = new Map<string, Set<string>>();
  for (const { tree } of trees) if (tree) noteNames(tree, [], names);
  const leaves = new Map<string, Buffer[]>();
  for (const { text, tree } of trees) if (tree) gather(text, tree, [], names, leaves);
  return leaves;
}

function noteNames(node: Node, path: readonly JsonStep[], names: Map<string, Set<string>>): void {
  if (node.type === 'array') {
    for (const child of node.children ?? []) noteNames(child, [...path, 'elements'], names);
  }
  if (node.type !== 'object') return;
  const here = formatJsonPath(path);
  const known = names.get(here) ?? new Set();
  names.set(here, known);
  for (const [name, value] of membersOf(node)) {
    known.add(name);
    noteNames(value, [...path, { member: name }], names);
  }
}

function gather(
  text: string,
  node: Node,
  path: readonly JsonStep[],
  names: ReadonlyMap<string, ReadonlySet<string>>,
  leaves: Map<string, Buffer[]>,
): void {
  const add = (leaf: string) => {
    const key = formatJsonPath(path);
    leaves.set(key, [...(leaves.get(key) ?? []), Buffer.from(leaf, 'utf8')]);
  };
  if (node.type === 'string' && node.value !== '') add(node.value);
  if (node.type === 'array') {
    for (const child of node.children ?? []) gather(text, child, [...path, 'elements'], names, leaves);
  }
  if (node.type !== 'object') return;
  if (membersOf(node).some(([name]) => /^(iv|nonce)$/i.test(name))) {
    add(text.slice(node.offset, node.offset + node.length));
  }
  const many = (names.get(formatJsonPath(path))?.size ?? 0) > mostNamedMembers;
  for (const [name, value] of membersOf(node)) {
    gather(text, value, [...path, many ? 'members' : { member: name }], names, leaves);
  }
}

function membersOf(node: Node): [string, Node][] {
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key && value ? [[key.value as string, value]] : [],
  );
}

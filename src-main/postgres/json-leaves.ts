import type { Node } from 'jsonc-parser';
import { parseDocument } from '#crypto/json-document';
import { formatJsonPath, type JsonStep } from './json-path.ts';

/** An object with more distinct keys than this, over all documents, is taken for a map by id: `$.*`. */
const mostNamedMembers = 24;

/** A node and the document that it stands in. */
interface Place {
  readonly text: string;
  readonly node: Node;
}

/** Text leaves of many documents, and objects that could hold `{iv, data}`, grouped by generalised path. */
export function collectLeaves(documents: readonly string[]): Map<string, Buffer[]> {
  const roots = documents.flatMap((text) => {
    const node = parseDocument(text);
    return node ? [{ text, node }] : [];
  });
  const leaves = new Map<string, Buffer[]>();
  gather(roots, [], leaves);
  return leaves;
}

/** `places` are all the nodes that `path` leads to, so that a map by id is told by the names of all documents. */
function gather(places: readonly Place[], path: readonly JsonStep[], leaves: Map<string, Buffer[]>): void {
  const own = places.flatMap(({ text, node }) => leafOf(text, node) ?? []);
  if (own.length > 0) leaves.set(formatJsonPath(path), own);
  const elements: Place[] = [];
  const members = new Map<string, Place[]>();
  for (const { text, node } of places) {
    if (node.type === 'array') for (const child of node.children ?? []) elements.push({ text, node: child });
    if (node.type !== 'object') continue;
    for (const [name, value] of membersOf(node)) {
      const named = members.get(name) ?? [];
      members.set(name, named);
      named.push({ text, node: value });
    }
  }
  if (elements.length > 0) gather(elements, [...path, 'elements'], leaves);
  if (members.size > mostNamedMembers) gather([...members.values()].flat(), [...path, 'members'], leaves);
  else for (const [member, values] of members) gather(values, [...path, { member }], leaves);
}

function leafOf(text: string, node: Node): Buffer | undefined {
  if (node.type === 'string')
    return node.value === '' ? undefined : Buffer.from(node.value as string, 'utf8');
  const couldBeSealed =
    node.type === 'object' && membersOf(node).some(([name]) => /^(iv|nonce)$/i.test(name));
  return couldBeSealed ? Buffer.from(text.slice(node.offset, node.offset + node.length), 'utf8') : undefined;
}

function membersOf(node: Node): [string, Node][] {
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key && value ? [[key.value as string, value]] : [],
  );
}

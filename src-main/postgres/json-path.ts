import type { Node } from 'jsonc-parser';
import { KeelError } from '#errors/keel-error';

/** A step into a document: a member's name, or every element of an array, or every member of an object. */
export type JsonStep = { readonly member: string } | 'elements' | 'members';

/** Reads `$.auth.token`, `$["odd key"]`, `$.list[*]`, `$.*`; throws `inventory-malformed`. */
export function parseJsonPath(text: string): JsonStep[] {
  const steps: JsonStep[] = [];
  const token =
    /\.\*|\[\*\]|\.([\p{L}_][\p{L}\p{N}_-]*)|\[("(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")\]/uy;
  token.lastIndex = 1;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) {
      throw new KeelError(
        'inventory-malformed',
        `the path ${JSON.stringify(text)} cannot be read from character ${at + 1} on`,
        'write it like `$.auth.token`, `$["odd key"]`, `$.list[*].secret` or `$.*.token`',
      );
    }
    if (match[0] === '.*') steps.push('members');
    else if (match[0] === '[*]') steps.push('elements');
    else steps.push({ member: match[1] ?? (JSON.parse(match[2] as string) as string) });
  }
  return steps;
}

/** The text form; `parseJsonPath` reads it back. */
export function formatJsonPath(steps: readonly JsonStep[]): string {
  return `$${steps.map(formatStep).join('')}`;
}

function formatStep(step: JsonStep): string {
  if (step === 'elements') return '[*]';
  if (step === 'members') return '.*';
  return /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(step.member)
    ? `.${step.member}`
    : `[${JSON.stringify(step.member)}]`;
}

/** The nodes that a path leads to, in the order of the document. */
export function nodesAt(root: Node, steps: readonly JsonStep[]): Node[] {
  let nodes = [root];
  for (const step of steps) nodes = nodes.flatMap((node) => childrenAt(node, step));
  return nodes;
}

/** Whether two paths can lead to the same node of some document, or one to a node inside the other's. */
export function pathsOverlap(one: readonly JsonStep[], other: readonly JsonStep[]): boolean {
  return one.slice(0, other.length).every((step, i) => stepsMeet(step, other[i] as JsonStep));
}

function stepsMeet(one: JsonStep, other: JsonStep): boolean {
  if (one === 'elements' || other === 'elements') return one === other;
  return one === 'members' || other === 'members' || one.member === other.member;
}

function childrenAt(node: Node, step: JsonStep): Node[] {
  if (step === 'elements') return node.type === 'array' ? (node.children ?? []) : [];
  if (node.type !== 'object') return [];
  const members = node.children ?? [];
  const chosen = step === 'members' ? members : members.filter((m) => m.children?.[0]?.value === step.member);
  return chosen.flatMap((member) => member.children?.[1] ?? []);
}

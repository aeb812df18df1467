import { KeelError } from '#errors/keel-error';
import { type PathStep, stepsMeet } from './path.ts';

interface Branch<Value> {
  readonly step: PathStep;
  readonly node: TreeNode<Value>;
}

class TreeNode<Value> {
  /** A value whose path ends here or below. */
  readonly value: Value;
  isEnd = false;
  readonly branches = new Map<string, Branch<Value>>();
  /** Those of `branches` that a step of another spelling may meet. */
  readonly wide: Branch<Value>[] = [];

  constructor(value: Value) {
    this.value = value;
  }
}

/** More steps than these for each of a path are taken only by paths that were made for it, with `*` in many of them. */
const mostVisitsPerStep = 16;
const visitsAtFirst = 100_000;

/**
 * Paths into one value, of which none leads into another: what a new one would meet is found along its own steps, not by comparing it
 * with each.
 */
export class PathTree<Value> {
  #root: TreeNode<Value> | undefined;
  #visitsLeft = visitsAtFirst;

  /**
   * Adds a path, unless it leads to a place that one of those before leads to, or to one inside it or around it: returns what was added
   * with that one. Throws `inventory-malformed` where telling that takes too many steps.
   */
  add(steps: readonly PathStep[], value: Value): Value | undefined {
    this.#visitsLeft += mostVisitsPerStep * (steps.length + 1);
    const met = this.#meeting(steps);
    if (met !== undefined) return met.value;
    this.#root ??= new TreeNode(value);
    let node = this.#root;
    for (const step of steps) {
      const key = JSON.stringify(step);
      let branch = node.branches.get(key);
      if (!branch) {
        branch = { step, node: new TreeNode(value) };
        node.branches.set(key, branch);
        if (isWide(step)) node.wide.push(branch);
      }
      node = branch.node;
    }
    node.isEnd = true;
    return undefined;
  }

  #meeting(steps: readonly PathStep[]): TreeNode<Value> | undefined {
    const waiting: [TreeNode<Value>, number][] = this.#root ? [[this.#root, 0]] : [];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [node, depth] = next;
      if (node.isEnd || depth === steps.length) return node;
      const step = steps[depth] as PathStep;
      for (const branch of candidates(node, step)) {
        if (this.#visitsLeft-- <= 0) throw tooMany();
        if (stepsMeet(step, branch.step)) waiting.push([branch.node, depth + 1]);
      }
    }
    return undefined;
  }
}

function* candidates<Value>(node: TreeNode<Value>, step: PathStep): Iterable<Branch<Value>> {
  if (isWide(step)) {
    yield* node.branches.values();
    return;
  }
  const same = node.branches.get(JSON.stringify(step));
  if (same) yield same;
  yield* node.wide;
}

function isWide(step: PathStep): boolean {
  return typeof step === 'string' || 'oneOf' in step;
}

function tooMany(): KeelError {
  return new KeelError(
    'inventory-malformed',
    'the inventory has too many paths with `*` into one column to tell them apart; nothing was changed',
    'list fewer paths of the column, or replace several by one with `*`',
  );
}

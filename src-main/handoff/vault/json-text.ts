import { findNodeAtLocation, type JSONPath, modify, applyEdits, type Node, parseTree } from 'jsonc-parser';

/**
 * JSON as text: what is not touched keeps its spelling. `JSON.parse` makes 1048576012345678901 a number that ends in 800, and 1.0
 * the number 1.
 */
export class JsonText {
  readonly text: string;
  private readonly root: Node | undefined;

  constructor(text: string) {
    this.text = text;
    this.root = parseTree(text);
  }

  /** The value at a path, as it is spelled; undefined where there is none. */
  at(...path: JSONPath): JsonText | undefined {
    const node = this.nodeAt(path);
    return node && new JsonText(this.text.slice(node.offset, node.offset + node.length));
  }

  get isObject(): boolean {
    return this.root?.type === 'object';
  }

  /** The string or number at a path; undefined where it is something else, or nothing. */
  scalarAt(...path: JSONPath): string | number | undefined {
    const value: unknown = this.nodeAt(path)?.value;
    return typeof value === 'string' || typeof value === 'number' ? value : undefined;
  }

  /** The names of an object's fields, in their order. */
  fields(): string[] {
    return (this.root?.children ?? []).map((property) => String(property.children?.[0]?.value));
  }

  /** The text with another value in a field of the object, or without the field. */
  with(field: string, value: string | undefined): JsonText {
    return new JsonText(applyEdits(this.text, modify(this.text, [field], value, {})));
  }

  /** The text with another string at a path. */
  withAt(path: readonly (string | number)[], value: string): JsonText {
    return new JsonText(applyEdits(this.text, modify(this.text, [...path], value, {})));
  }

  /** Whether both hold the same, be it in another order; a number is what is written, not what it rounds to. */
  equals(other: JsonText): boolean {
    return this.root !== undefined && other.root !== undefined && this.canonical() === other.canonical();
  }

  private nodeAt(path: JSONPath): Node | undefined {
    return this.root && findNodeAtLocation(this.root, path);
  }

  private canonical(node = this.root): string {
    if (node?.type === 'array') return `[${(node.children ?? []).map((one) => this.canonical(one)).join()}]`;
    if (node?.type === 'object')
      return `{${(node.children ?? [])
        .map((one) => this.property(one))
        .sort()
        .join()}}`;
    if (node?.type === 'string') return JSON.stringify(node.value);
    return node ? this.text.slice(node.offset, node.offset + node.length) : '';
  }

  private property({ children: [name, value] = [] }: Node): string {
    return `${JSON.stringify(name?.value)}:${this.canonical(value)}`;
  }
}

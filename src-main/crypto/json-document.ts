import { type Node, parseTree } from 'jsonc-parser';

/** The syntax tree of a JSON document, with UTF-16 offsets into `text`; undefined where it is not strict JSON. */
export function parseDocument(text: string): Node | undefined {
  const errors: unknown[] = [];
  const tree = parseTree(text, errors as never, { disallowComments: true });
  return errors.length === 0 ? tree : undefined;
}

import { type Node, parseTree } from 'jsonc-parser';

/**
 * The syntax tree of a JSON document, with UTF-16 offsets into `text`; undefined where it is not strict JSON, or nested
 * too deep to be read.
 */
export function parseDocument(text: string): Node | undefined {
  const errors: unknown[] = [];
  try {
    const tree = parseTree(text, errors as never, { disallowComments: true });
    return errors.length === 0 ? tree : undefined;
  } catch (error) {
    // the parser recurses: some ten thousand brackets, which a text column may hold, exhaust the stack
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

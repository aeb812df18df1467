/** Enough for the longest lists of the contract: an inventory of 2,000 columns, a fleet of 10,000 databases. */
const mostValues = 100_000;
const mostCharacters = 4_000_000;

/**
 * Why an input is refused before its schema is checked, as a fragment like `larger than …`; undefined if it can be checked. Checking takes
 * time for whatever is sent, so this reads no more than a call may have. The input is a structured clone: it has no getters.
 */
export function sizeProblem(input: unknown): string | undefined {
  let values = 1;
  let characters = 0;
  const isTooLarge = () => values > mostValues || characters > mostCharacters;
  const waiting: unknown[] = [input];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string') characters += value.length;
    else if (Array.isArray(value)) {
      // by its length, before its places are visited: a list may have four thousand million empty ones
      values += value.length;
      if (isTooLarge()) return tooLarge;
      for (const item of value) waiting.push(item);
    } else if (typeof value === 'object' && value !== null) {
      if (!isPlain(value)) return 'not plain data';
      // one by one: a list of all of them takes as long as what is to be avoided
      for (const name in value) {
        values++;
        characters += name.length;
        if (isTooLarge()) return tooLarge;
        waiting.push(value[name as keyof typeof value]);
      }
    }
    if (isTooLarge()) return tooLarge;
  }
  return undefined;
}

const tooLarge = `larger than ${mostValues.toLocaleString('en')} values or ${mostCharacters.toLocaleString('en')} characters`;

/** Bytes have as many members as they are long, and a map or a set has none that a schema sees. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

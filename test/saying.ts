import { inTerminalWords } from '#commands/act-text';
import { isText } from '#errors/text';

/** Matches a text that says this at a terminal: a part of it, or a pattern. */
export function saying(what: string | RegExp): unknown {
  return {
    asymmetricMatch(value: unknown) {
      if (!isText(value)) return false;
      const said = inTerminalWords(value);
      return typeof what === 'string' ? said.includes(what) : what.test(said);
    },
    toAsymmetricMatcher: () => `saying ${String(what)}`,
  };
}

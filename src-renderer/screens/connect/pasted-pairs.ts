/** Reading and changing an address of libpq's `key=value` pairs as text. Pure. */

/** Whether an address is written as pairs and is no URL. */
export function isPairs(text: string): boolean {
  return /^\s*[a-z_]+\s*=/i.test(text);
}

export function pairOf(text: string, name: string): string | undefined {
  const value = pattern(name).exec(text)?.[1];
  return value?.replace(/^'([^]*)'$/, '$1').replace(/\\([^])/g, '$1');
}

/** The pairs with one set again, or without it. */
export function withPair(text: string, name: string, value: string | undefined): string {
  const without = text.replace(pattern(name), '').trim();
  if (value === undefined) return without;
  return `${without} ${name}='${value.replace(/[\\']/g, '\\$&')}'`;
}

/** The value goes up to the next pair, also where it is not quoted as it should be: nothing of a password stays behind. */
function pattern(name: string): RegExp {
  return new RegExp(
    `(?:^|\\s+)${name}\\s*=\\s*('(?:\\\\[^]|[^'\\\\])*'(?=\\s|$)|[^]*?(?=\\s+[a-z_]+\\s*=|\\s*$))`,
  );
}

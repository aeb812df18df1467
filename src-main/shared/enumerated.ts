/** `a`, `a and b` or `a, b and c`, for messages. */
export function enumerated(words: readonly (string | number)[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? String(last) : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Whether a text holds every typed word, in any case and order. */
export function holdsWords(text: string, typed: string): boolean {
  const there = text.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => there.includes(word));
}

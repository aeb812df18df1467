/** What became of each of several pieces of work, in the order of the items; undefined for one that was not begun. */
export type Outcome<Value> = { readonly value: Value } | { readonly error: unknown } | undefined;

/**
 * Works on all items, at most `limit` at once. A failure stops no other; once `signal` is aborted nothing more is begun,
 * and what runs is waited for.
 */
export async function inParallel<Item, Value>(
  items: readonly Item[],
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  work: (item: Item, index: number) => Promise<Value>,
): Promise<Outcome<Value>[]> {
  const outcomes: Outcome<Value>[] = items.map(() => undefined);
  let next = 0;
  const worker = async () => {
    while (next < items.length && !signal.aborted) {
      const index = next;
      next += 1;
      try {
        outcomes[index] = { value: await work(items[index] as Item, index) };
      } catch (error) {
        outcomes[index] = { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return outcomes;
}

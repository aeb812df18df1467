const collator = new Intl.Collator('en', { numeric: true });

/** Names as people count them: `org_2` before `org_10`. Equal ones stay in their order. */
export function inNaturalOrder(names: readonly string[]): string[] {
  return [...names].sort(byNaturalOrder);
}

/** Compares two names so. */
export function byNaturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

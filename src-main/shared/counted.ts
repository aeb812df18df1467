/** Like `18,412`. */
export function formatCount(count: number): string {
  // not by Intl, whose first formatter takes 15 ms: a third of what a short command takes
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Like `1 row`, `18,412 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

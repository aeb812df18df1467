const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Like `18,412`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** Like `1 row`, `18,412 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

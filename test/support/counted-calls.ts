/** How often `work` calls a built-in function: a measure of work that does not depend on the machine. */
export function countedCalls<Name extends string>(
  owner: Record<Name, (...args: never[]) => unknown>,
  name: Name,
  work: () => void,
): number {
  const own = owner[name];
  let calls = 0;
  owner[name] = function counted(this: unknown, ...args: never[]) {
    calls++;
    return own.apply(this, args);
  };
  try {
    work();
  } finally {
    owner[name] = own;
  }
  return calls;
}

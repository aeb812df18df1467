/**
 * Waits for the work to settle, but no longer than `ms` unless it must end by itself: a keychain that never answers does not keep
 * the app, a transaction does. Never rejects.
 */
export async function withinTime(
  work: Promise<unknown>,
  mustEnd: () => boolean,
  ms: number,
): Promise<'settled' | 'given up'> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<'given up'>((resolve) => {
    timer = setInterval(() => {
      if (!mustEnd()) resolve('given up');
    }, ms);
  });
  const settled = work.then(
    () => 'settled' as const,
    () => 'settled' as const,
  );
  const outcome = await Promise.race([settled, timeUp]);
  clearInterval(timer);
  return outcome;
}

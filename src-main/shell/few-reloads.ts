/** A page that crashes as soon as it is there is loaded again a few times a minute, and then left for the person to close. */
export function fewReloads(now: () => number = () => performance.now()): () => boolean {
  const mostAMinute = 3;
  let lately: number[] = [];
  return () => {
    lately = lately.filter((at) => now() - at < 60_000);
    if (lately.length >= mostAMinute) return false;
    lately.push(now());
    return true;
  };
}

/** A page that crashes as soon as it is there is loaded again a few times a minute, and then left for the person to close. */
export function fewReloads(now: () => number = () => performance.now()): () => boolean {
  const maxPerMinute = 3;
  let recent: number[] = [];
  return () => {
    recent = recent.filter((at) => now() - at < 60_000);
    if (recent.length >= maxPerMinute) return false;
    recent.push(now());
    return true;
  };
}

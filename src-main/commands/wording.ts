/** 850 ms, 2.4 s, 3 min 12 s */
export function duration(ms: number): string {
  // rounded first, so that nothing takes “60.0 s” or “1 min 60 s”
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

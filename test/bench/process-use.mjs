// Loaded before Keel: leaves what the process used in the file KEEL_BENCH_USE, as JSON.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const use = { peakMb: Math.round(maxRSS / 1024), cpuMs: (userCPUTime + systemCPUTime) / 1000 };
  writeFileSync(process.env.KEEL_BENCH_USE, JSON.stringify(use));
});

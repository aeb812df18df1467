// Loaded before Keel: leaves the process's peak resident memory, in KiB, in the file KEEL_BENCH_PEAK.
import { writeFileSync } from 'node:fs';

process.on('exit', () => writeFileSync(process.env.KEEL_BENCH_PEAK, String(process.resourceUsage().maxRSS)));

import { cpus, loadavg, totalmem } from 'node:os';

/**
 * Runs every side once a round, each round beginning with another one, so that what disturbs the machine meets all of them. Returns the
 * samples of each side in the order of rounds.
 */
export async function interleave(rounds, sides, { warmUp = false } = {}) {
  const names = Object.keys(sides);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + Math.max(0, round)) % names.length];
      const sample = await sides[name]();
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}

/** Time on the clock and of this process's CPU, in seconds, beside what the work returns. */
export async function timed(work) {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ...result, seconds: (performance.now() - startedAt) / 1000, cpu: (user + system) / 1e6 };
}

/** The middle, the least and the most of some numbers. */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], least: sorted[0], most: sorted.at(-1) };
}

/** What one side takes of another's, round by round. */
export function ratio(samples, side, base, pick = ({ seconds }) => seconds) {
  return spread(samples[side].map((sample, i) => pick(sample) / samples[base][i].seconds));
}

/** One line of the results. A goal is the most that it should be, or with `atLeast` the least. A headline says the same in the README. */
export function measure(what, unit, values, { goal, atLeast = false, headline } = {}) {
  const figures = Array.isArray(values) ? spread(values) : values;
  const line = { what, unit, ...figures, ...(headline && { headline }) };
  if (goal === undefined) return line;
  return {
    ...line,
    goal: `${atLeast ? '≥' : '≤'} ${goal}`,
    met: atLeast ? figures.median >= goal : figures.median <= goal,
  };
}

/** The machine, and how busy it is by others: a figure taken on a busy machine is to be known as such. */
export function machine() {
  const all = cpus();
  return {
    cpu: all[0].model.trim(),
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    load: Math.round(loadavg()[0] * 10) / 10,
  };
}

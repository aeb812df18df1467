// Injects faults into every step, plays histories, and looks at what became of rows and keys.
// usage: npm run test:faults -- [--faults N] [--histories N] [--minutes M] [--seed S] [--workers W] [--write]
//        … [--case N | --history N] [--step NAME] [--kind NAME] [--tamper WHAT] to repeat, narrow or try the judge
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { hasKeychain } from './bed/keychain.mjs';
import { buildPrograms } from './bed/programs.mjs';
import { sceneOfHistory } from './histories/history.mjs';
import { cpuSecondsOfTree } from './cpu.mjs';
import { stepOfCase } from './one-case.mjs';
import { writeResults } from './results.mjs';
import { costInWords, costOf, count, emptyTally, sumOf } from './tally.mjs';
import { tampers } from './tamper.mjs';
import { startWorker } from './workers.mjs';

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '2400' },
    histories: { type: 'string', default: '1200' },
    minutes: { type: 'string', default: '120' },
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    // more than cores: many faults are waited for
    workers: { type: 'string', default: String(availableParallelism() * 2) },
    case: { type: 'string' },
    history: { type: 'string' },
    step: { type: 'string' },
    kind: { type: 'string' },
    // spoils something before the judge looks (row, gone, ring, leftover), or all of them in turn, which has to be complained of
    tamper: { type: 'string' },
    // adds the run to docs/reliability.md
    write: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const { seed } = values;
const startedAt = new Date();
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const deadline = startedAt.getTime() + Number(values.minutes) * 60_000;
const tally = emptyTally();
const say = (words) => process.stderr.write(`${words}\n`);
let failures = 0;
/** Among how many of the next a worker chooses. */
const ahead = 12;

/** Ctrl-C: what was judged so far is told; what was at work is not. A second one ends at once. */
let isBrokenOff = false;
const brokenOff = new Promise((done) => {
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      if (isBrokenOff) process.exit(130);
      isBrokenOff = true;
      done('broken off');
    });
});
say(`seed ${seed}`);
await buildPrograms();
const only = { step: values.step, kind: values.kind };
const work = planned();
const lanes = Array.from({ length: Math.min(Number(values.workers), work.length) }, () => goThrough());
const progress = setInterval(() => say(summary()), 60_000).unref();
await Promise.all(lanes);
clearInterval(progress);
await report();
process.exit(isBrokenOff ? 130 : tally.complaints.length > 0 || failures > 0 ? 1 : 0);

/** Cases and histories evenly among each other, so that a run that ends early has both. */
function planned() {
  if (values.tamper === 'all') return Object.keys(tampers).map((what, n) => ['case', n, what]);
  if (values.case !== undefined) return [['case', Number(values.case), values.tamper]];
  if (values.history !== undefined) return [['history', Number(values.history), values.tamper]];
  const of = (what, many) =>
    Array.from({ length: many }, (_, n) => [what, n, values.tamper, (n + 0.5) / many]);
  const all = [...of('case', Number(values.faults)), ...of('history', Number(values.histories))];
  return all.toSorted((a, b) => a[3] - b[3]);
}

/** The next one, or one of the next whose scene the worker has set up. What each draws depends on its number alone. */
function takeFor({ scenes }) {
  const near = work.slice(0, ahead);
  const at = near.findIndex(([what, number]) => scenes.includes(sceneOf(what, number).name));
  return work.splice(Math.max(0, at), 1)[0];
}

function sceneOf(what, number) {
  return what === 'history' ? sceneOfHistory : stepOfCase(seed, number, only).step.scene;
}

async function goThrough() {
  const start = () => startWorker({ seed, only, keepsRuns: values.verbose });
  let worker = start();
  try {
    // however short the time, one each
    do {
      const one = takeFor(worker);
      const answer = await Promise.race([worker.run(one), brokenOff]);
      if (isBrokenOff) return;
      if (hear(one, answer)) continue;
      // its lane may be in any state
      await worker.close();
      worker = start();
    } while (work.length > 0 && Date.now() < deadline);
  } finally {
    await worker.close();
  }
}

/** False where it could not be judged. */
function hear([what, number], { result, failed }) {
  if (failed !== undefined) {
    // of the test bed, not of Keel: what is not judged is not survived
    failures += 1;
    say(`${what} ${number} could not be judged: ${failed}`);
    return false;
  }
  count(tally, result);
  if (result.complaints?.length > 0 || values.verbose) say(told(result));
  for (const run of result.runs ?? []) say(wordsOf(run));
  return true;
}

function told({ step, kind, number, where, at, status, code, outcome, ms, cpu, complaints = [] }) {
  const head =
    step === undefined
      ? `history ${number}`
      : `case ${number}: ${step}, ${kind}, ${where} (${at ?? 'not run'})`;
  const end = `ended ${status ?? ''} ${code ?? ''}, rows ${outcome ?? 'of none'}, ${Math.round(ms)} ms, ${cpu?.toFixed(1) ?? '?'} s of processor time`;
  return [`${head}: ${end}`, ...complaints.map(({ of, words }) => `  ${of}: ${words}`)].join('\n');
}

function wordsOf({ args, status, signal, stdout, stderr }) {
  return `  $ keel ${args.join(' ')}: ${signal ?? status}\n${stdout}${stderr}`;
}

function minutesSoFar() {
  return Math.round((Date.now() - startedAt.getTime()) / 6_000) / 10;
}

function summary() {
  const all = sumOf(tally.cells.values());
  const { histories } = tally;
  return (
    `${all.injected} faults injected, ${all.survived} survived, ${all.notApplicable} not reached; ` +
    `${histories.injected} histories, ${histories.survived} without a complaint; ` +
    `${all.checked + histories.checked} values read, ${all.rowsLost + histories.rowsLost} rows lost, ` +
    `${all.keysLost + histories.keysLost} keys lost; ${failures} could not be judged; ` +
    `${minutesSoFar()} minutes, seed ${seed}`
  );
}

async function report() {
  const cpuSeconds = cpuSecondsOfTree();
  const cost = costOf(tally);
  say(`${summary()}; ${costInWords(cost, cpuSeconds)}`);
  if (!values.write) return;
  await writeResults(tally, {
    date: startedAt.toISOString().slice(0, 16).replace('T', ' '),
    commit,
    seed,
    minutes: minutesSoFar(),
    workers: lanes.length,
    cpuSeconds: cpuSeconds && Math.round(cpuSeconds),
    cost,
    processor: cpus()[0]?.model ?? 'unknown processor',
    cores: availableParallelism(),
    load: Math.round(loadavg()[2]),
    hasKeychain,
    failures,
  });
}

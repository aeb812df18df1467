// One fault in one step, drawn from a seed, and what became of everything.
import { programAt } from './bed/programs.mjs';
import { playScene } from './bed/scenes.mjs';
import { asSetUp } from './cpu.mjs';
import { isCommit } from './kinds/line.mjs';
import { kinds } from './kinds/list.mjs';
import { judge } from './judge/judge.mjs';
import { drawFrom, spread } from './random.mjs';
import { steps } from './steps/list.mjs';

/** By seed and step asked for: the row of steps that the cases of a run take. */
const rows = new Map();

/** The step of case `number` of a seed, and how many cases before it have the same. */
export function stepOfCase(seed, number, only = {}) {
  const name = JSON.stringify([seed, only.step]);
  const possible = () => steps.filter(([, step]) => !only.step || step.name === only.step);
  if (!rows.has(name)) rows.set(name, spread(drawFrom(seed, 'steps'), possible()));
  const at = rows.get(name);
  const step = at(number);
  let before = 0;
  for (let n = 0; n < number; n++) if (at(n) === step) before += 1;
  return { step, before };
}

/** Runs case `number` of a seed. `only` narrows what may be drawn by names; `tamper` spoils the rows before they are judged. */
export async function runCase(lane, seed, number, { only = {}, tamper } = {}) {
  const draw = drawFrom(seed, 'case', number);
  const { step, before } = stepOfCase(seed, number, only);
  const counts = await measure(lane, step);
  const possible = kinds.filter(
    (kind) => (!only.kind || kind.name === only.kind) && kind.applies(step, counts, lane),
  );
  if (possible.length === 0) return { number, step: step.name, kind: only.kind, isApplicable: false };
  const weighted = possible.map((one) => [one.weight, one]);
  const kind = spread(drawFrom(seed, 'kinds', step.name), weighted)(before);
  const facts = await playScene(lane, step.scene);
  // what a scene takes when it is set up is no part of it
  const startedAt = performance.now();
  const args = step.args(lane, facts);
  lane.proxy.arm(undefined);
  const program = programOf(step);
  const armed = await kind.arm(lane, { draw, measured: counts, facts, args, step, program });
  const run = await lane.keel(args, { ...armed.options, ...program });
  const runs = [run, ...((await armed.afterwards?.()) ?? [])];
  if (run.files?.failed) throw new Error(`the preload failed: ${run.files.failed}`);
  const reached = armed.reached(run);
  await settle(lane);
  await tamper?.(lane, facts);
  const { rows, complaints } = await judge(lane, { step, kind, facts, runs, written: armed.written });
  return {
    number,
    step: step.name,
    kind: kind.name,
    where: armed.where,
    at: reached || undefined,
    isApplicable: Boolean(reached),
    status: run.signal ?? run.status,
    code: run.json?.error?.code,
    outcome: rows.outcome?.name,
    checked: rows.checked,
    lost: rows.lost.length,
    complaints,
    ms: performance.now() - startedAt,
    runs,
  };
}

/** The shipped command line, but for what only the window does. */
const programOf = ({ program }) => (program ? { program: programAt(program) } : {});

/** By the names of steps: every lane has the same. */
const measured = new Map();

/** How many file operations, messages and COMMITs a step has when nothing hinders it. */
async function measure(lane, step) {
  const known = measured.get(step.name);
  if (known) return known;
  const counts = await asSetUp(lane, () => measureNow(lane, step));
  measured.set(step.name, counts);
  return counts;
}

async function measureNow(lane, step) {
  const facts = await playScene(lane, step.scene);
  let commits = 0;
  lane.proxy.arm({
    isAt: (_, text) => {
      if (isCommit(text)) commits += 1;
      return false;
    },
  });
  const run = await lane.keel(step.args(lane, facts), {
    fault: { kind: 'count', at: 0 },
    ...programOf(step),
  });
  const counts = {
    files: run.files.count,
    messages: lane.proxy.count,
    commits,
    usesKeychain: run.files.usesKeychain,
  };
  if (run.status !== 0 || run.files.count === 0)
    throw new Error(`${step.name} without a fault ended with ${run.status}: ${run.stdout}${run.stderr}`);
  await settle(lane);
  return counts;
}

/** All is again as an admin would have it before looking at what happened: the server up, the line free, the keychain unlocked. */
async function settle(lane) {
  await lane.proxy.disarm();
  await lane.server.start();
  await lane.server.beDurable();
  await lane.server.freeDisk();
  if (lane.keychain && !lane.keychain.isUnlocked()) await lane.keychain.unlock();
}

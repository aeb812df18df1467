// A short life of an environment: a Ballast that writes all along, restarts, and an admin who rotates, undoes, hands off, sweeps and
// is interrupted, in an order drawn from a seed. At its end everything is put right as Keel says, and every row is read.
import { setTimeout as wait } from 'node:timers/promises';
import { playScene } from '../bed/scenes.mjs';
import { leftOnServer } from '../judge/leftovers.mjs';
import { judgeClaims } from '../judge/claims.mjs';
import { judgeRows } from '../judge/rows.mjs';
import { drawFrom } from '../random.mjs';
import { named } from '../steps/scenes.mjs';
import { startBallast } from './ballast.mjs';

const agreed = ['--yes', '--accept', 'other-sessions'];

/** Where each begins. */
export const sceneOfHistory = named;

const acts = {
  rotate: ({ database }) => ['rotate', ...database, ...agreed],
  undo: ({ database }) => ['undo', ...database, ...agreed],
  handoff: ({ database }, { desk }) => ['handoff', 'apply', ...database, '--env-file', desk.file('.env')],
  sweep: ({ database }) => ['sweep', '--rewrite', ...database, ...agreed],
  recover: ({ database }) => ['recover', ...database],
};

export async function runHistory(lane, seed, number, { tamper } = {}) {
  const draw = drawFrom(seed, 'history', number);
  const facts = await playScene(lane, sceneOfHistory);
  const startedAt = performance.now();
  await lane.proxy.disarm();
  const loose = facts.lines.filter((line) => line.startsWith('loose'));
  const truth = new Map(
    facts.lines.filter((line) => !line.startsWith('loose')).map((line) => line.split(/: (.*)/s).slice(0, 2)),
  );
  const complaints = [];
  const complain = (of, words) => complaints.push({ of, words });
  const runs = [];
  // its own stream, so that what it draws does not shift what the admin does
  const ballast = await startBallast(lane, { draw: drawFrom(seed, 'ballast', number), truth });
  const keel = async (name, options) => {
    const run = await lane.keel(acts[name](facts, lane), options);
    runs.push({ ...run, name });
    for (const words of judgeClaims(run, undefined)) complain('claim', `${name}: ${words}`);
    return run;
  };
  const plan = planOf(draw);
  for (const { act, kill, pause, restarts } of plan) {
    ballast.pause(pause);
    if (restarts) ballast.restart();
    await wait(draw.below(80));
    await keel(act, kill === undefined ? {} : killed(lane, act, kill));
    lane.proxy.arm(undefined);
  }
  ballast.pause(false);
  await wait(30);
  await ballast.stop().catch((error) => complain('ballast', error.message));
  await putRight(lane, { keel, complain });
  await tamper?.(lane, facts);
  const lines = [...loose, ...[...truth].map(([place, plaintext]) => `${place}: ${plaintext}`)];
  const active = await activeKey(lane);
  const outcomes = [{ name: 'after', key: active, under: {}, lines }];
  const rows = await judgeRows(lane, facts, outcomes);
  for (const place of rows.lost) complain('rows', `no key opens ${place}`);
  if (!rows.outcome) complain('rows', `not every row is under the active key, ${active}`);
  const file = await lane.desk.read('.env');
  if (!file.includes(facts.keys[active].toString('base64')))
    complain('key', 'Ballast’s file has another key than the ring');
  for (const words of await leftOnServer(lane)) complain('leftover', words);
  return {
    number,
    isApplicable: true,
    where: runs.map(({ name, signal }) => (signal === null ? name : `${name}, killed`)).join(', '),
    outcome: rows.outcome && active,
    checked: rows.checked,
    lost: rows.lost.length,
    complaints,
    counts: ballast.counts,
    ms: performance.now() - startedAt,
    runs,
  };
}

function planOf(draw) {
  return Array.from({ length: draw.between(2, 4) }, (_, n) => ({
    act:
      n === 0
        ? 'rotate'
        : draw.weighted([
            [3, 'undo'],
            [3, 'handoff'],
            [3, 'sweep'],
            [2, 'recover'],
            [2, 'rotate'],
          ]),
    ...(draw.chance(n === 0 ? 0.3 : 0.2) && { kill: draw.fraction() }),
    pause: draw.chance(0.25),
    restarts: draw.chance(0.4),
  }));
}

/** About how many messages each sends to the server, or does to files where it sends none: one of them is its last. */
const messages = { rotate: 370, undo: 370, sweep: 690, recover: 50 };
const fileOperations = 50;

/** `share` is how far the command comes. */
function killed({ proxy }, act, share) {
  if (!(act in messages))
    return { fault: { kind: 'kill', at: 1 + Math.floor(share * fileOperations), when: 'after' } };
  const last = 1 + Math.floor(share * messages[act]);
  let child;
  proxy.arm({
    isAt: (count) => count === last,
    act() {
      child.kill('SIGKILL');
      return false;
    },
  });
  return { onStart: (started) => (child = started) };
}

/** What Keel tells an admin to do at the end: recover, hand the key off, restart Ballast (it is stopped by now), sweep. */
async function putRight(lane, { keel, complain }) {
  const recovered = await keel('recover');
  if (recovered.status !== 0)
    complain('recover', `ended with ${recovered.status}: ${recovered.stdout.slice(0, 300)}`);
  const handed = await keel('handoff');
  if (handed.status !== 0) complain('handoff', `ended with ${handed.status}: ${handed.stdout.slice(0, 300)}`);
  const active = lane.fingerprints[await activeKey(lane)];
  if (recovered.json?.ballast !== active)
    complain('key', `recover names ${recovered.json?.ballast}, the ring ${active}`);
  const swept = await keel('sweep');
  const hasNoRotation = swept.json?.error?.code === 'nothing-to-undo';
  if (swept.status !== 0 && !hasNoRotation)
    complain('sweep', `ended with ${swept.status}: ${swept.stdout.slice(0, 300)}`);
}

async function activeKey(lane) {
  const active = (await lane.desk.ring()).find(({ state }) => state === 'active')?.fingerprint;
  return Object.keys(lane.fingerprints).find((name) => lane.fingerprints[name] === active) ?? 'a';
}

// After a fault: the rows, what the command said, what recover says, the next try, the next rotation, and what is left over.
import { unchanged } from '../steps/rewriting.mjs';
import { judgeClaims } from './claims.mjs';
import { leftOnDesk, leftOnServer } from './leftovers.mjs';
import { judgeRows } from './rows.mjs';

const agreed = ['--yes', '--accept', 'other-sessions'];

/** Answers what was checked and every complaint, each with its kind: rows, key, claim, recover, again, next, leftover. */
export async function judge(lane, { step, kind, facts, runs, written }) {
  const complaints = [];
  const complain = (of, words) => complaints.push({ of, words });
  if (step.judge) return { rows: await step.judge(lane, { kind, facts, runs }, complain), complaints };
  const before = unchanged(facts);
  const after = step.after?.(facts);
  // what was restored is from before
  const outcomes = [before, ...(after && !(kind.isOlder && kind.name.endsWith('afterwards')) ? [after] : [])];
  const rows = await judgeRows(lane, facts, outcomes, written);
  const { outcome } = rows;
  for (const place of rows.lost) complain('rows', `no key opens ${place}`);
  if (!outcome) complain('rows', 'not every row is under one key');
  const shared = { isOlder: kind.isOlder, hasAfter: after !== undefined };
  // of two programs, one is refused for what the other did
  const claims = runs.length > 1 ? { ...shared, hasAfter: false } : shared;
  for (const run of runs) for (const words of judgeClaims(run, outcome, claims)) complain('claim', words);
  for (const words of (await step.check?.(lane, facts, runs, kind)) ?? []) complain('claim', words);
  if (!outcome) return { rows, complaints };

  const key = lane.fingerprints[outcome.key];
  const recovered = await lane.keel(['recover', ...facts.database]);
  judgeRecovery(recovered, { key, facts, before, outcome }, complain);
  for (const words of await leftOnServer(lane)) complain('leftover', `after recover: ${words}`);

  if (step.again) for (const words of await step.again(lane, facts)) complain('again', words);
  await rotateOn(lane, { facts, outcome, written, mayGo: step.mayGo ?? [] }, complain);
  for (const words of await leftOnServer(lane)) complain('leftover', words);
  const meant = new Set([...keyFiles(lane), ...(step.holdsKeys ?? [])]);
  for (const words of await leftOnDesk(lane, facts, meant)) complain('leftover', words);
  return { rows, complaints };
}

const keyFiles = ({ fingerprints }) => [...Object.keys(fingerprints).map((name) => `${name}.key`), '.env'];

function judgeRecovery(run, { key, facts, before, outcome }, complain) {
  if (run.isHung) return complain('recover', 'it hung');
  const { json } = run;
  const said = JSON.stringify(json ?? run.stderr).slice(0, 400);
  if (run.status !== 0) complain('recover', `it ended with ${run.status}: ${said}`);
  const knowsNothing = json?.active === null && facts.ring.length === 0 && outcome.key === before.key;
  if (json?.ballast !== key && !knowsNothing)
    complain('key', `recover names ${json?.ballast}, not ${key}: ${said}`);
  return undefined;
}

/** The next rotation, from the key in the ring where there is one, and what it makes of the rows. */
async function rotateOn(lane, { facts, outcome, written, mayGo }, complain) {
  const { desk } = lane;
  const ring = await desk.ring();
  const from = outcome.key;
  const isActive = ring.some(
    ({ fingerprint, state }) => state === 'active' && fingerprint === lane.fingerprints[from],
  );
  if (!isActive && facts.ring.length > 0) complain('key', `the ring’s active key is not ${from}`);
  for (const name of facts.ring) {
    const entry = ring.find(({ fingerprint }) => fingerprint === lane.fingerprints[name]);
    const mayBeGone = outcome.key !== name && mayGo.includes(name);
    if (!mayBeGone && (!entry || entry.state === 'destroyed'))
      complain('key', `key ${name} is no longer in the ring`);
  }
  const mixed = (written?.size ?? 0) > 0 || Object.keys(outcome.under).length > 0;
  const hasRotated = facts.ring.includes('b') || outcome.key !== facts.key;
  if (mixed && hasRotated) {
    const swept = await lane.keel(['sweep', '--rewrite', ...facts.database, ...agreed]);
    if (swept.status !== 0)
      complain('next', `sweep ended with ${swept.status}: ${swept.stdout.slice(0, 300)}`);
  }
  const given = ['--inventory', desk.file('inventory.json'), '--from-key-file', desk.file(`${from}.key`)];
  const next = await lane.keel([
    ...['rotate', ...facts.database, '--to-key-file', desk.file('c.key'), ...agreed],
    ...(facts.database[0] === '--env' ? [] : given),
  ]);
  if (next.status !== 0)
    return complain('next', `rotate ended with ${next.status}: ${next.stdout.slice(0, 400)}`);
  const last = { name: 'next', key: 'c', under: {}, lines: outcome.lines };
  const rows = await judgeRows(lane, facts, [last]);
  for (const place of rows.lost) complain('rows', `after the next rotation, no key opens ${place}`);
  if (!rows.outcome) complain('rows', 'after the next rotation not every row is under the new key');
  return undefined;
}

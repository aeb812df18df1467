// The same key over several databases: each goes over whole or not at all, and the next run takes the rest.
import { databaseNames } from '../bed/lane.mjs';
import { judgeClaims } from '../judge/claims.mjs';
import { leftOnDesk, leftOnServer } from '../judge/leftovers.mjs';
import { judgeRows } from '../judge/rows.mjs';
import { unchanged } from './rewriting.mjs';
import { named } from './scenes.mjs';

const fleet = {
  name: 'fleet',
  usesKeychain: true,
  after: named,
  async build(lane, before) {
    await lane.withClient(async (client) => {
      for (const name of databaseNames.slice(1))
        await client.query(`CREATE DATABASE ${name} TEMPLATE ballast`);
    }, 'postgres');
    await lane.desk.write('fleet.txt', databaseNames.join('\n'));
    return before;
  },
};

const rotateArgs = ({ desk }, { database }) => [
  ...['fleet', 'rotate', ...database, '--databases', desk.file('fleet.txt')],
  ...['--yes', '--accept', 'other-sessions'],
];

async function judgeEach(lane, facts, outcomes, complain) {
  const found = [];
  for (const name of databaseNames) {
    const rows = await judgeRows(lane, facts, outcomes, new Map(), name);
    for (const place of rows.lost) complain('rows', `${name}: no key opens ${place}`);
    if (!rows.outcome) complain('rows', `${name}: not every row is under one key`);
    found.push(rows);
  }
  return found;
}

async function judge(lane, { kind, facts, runs }, complain) {
  const after = { ...unchanged(facts), name: 'after', key: 'made' };
  const each = await judgeEach(lane, facts, [unchanged(facts), after], complain);
  const [run] = runs;
  for (const words of judgeClaims(run, undefined)) complain('claim', words);
  const isAll = each.every(({ outcome }) => outcome?.name === 'after');
  if (run.status === 0 && !isAll && !kind.isOlder)
    complain('claim', 'it said that all went over, and one did not');
  const recovered = await lane.keel(['fleet', 'recover', ...facts.database]);
  if (recovered.status !== 0 && recovered.json?.error?.code !== 'nothing-to-undo')
    complain('recover', `it ended with ${recovered.status}: ${recovered.stdout.slice(0, 400)}`);
  // a second time there is nothing to do, and no key waiting
  const again = isAll ? { status: 0 } : await lane.keel(rotateArgs(lane, facts));
  if (again.status !== 0) complain('next', `it ended with ${again.status}: ${again.stdout.slice(0, 400)}`);
  else await judgeEach(lane, facts, [after], complain);
  for (const name of databaseNames)
    for (const words of await leftOnServer(lane, name)) complain('leftover', `${name}: ${words}`);
  const meant = new Set([...Object.keys(lane.fingerprints).map((name) => `${name}.key`), '.env']);
  for (const words of await leftOnDesk(lane, facts, meant)) complain('leftover', words);
  const names = new Set(each.map(({ outcome }) => outcome?.name));
  return {
    outcome: { name: names.size === 1 ? [...names][0] : 'partly' },
    checked: each.reduce((sum, { checked }) => sum + checked, 0),
    lost: each.flatMap(({ lost }) => lost),
  };
}

export const rotateFleet = { name: 'fleet rotate', scene: fleet, args: rotateArgs, judge };

// Steps of Ballast's API keys: the key that the table takes is one that somebody has.
import { compareSync } from 'bcrypt';
import { fresh, must } from './scenes.mjs';

const tableOf = (lane) => ['--database', lane.url(), '--table', 'public.api_keys'];

const createArgs = (name) => (lane) => [
  ...['api-key', 'create', ...tableOf(lane), '--scope', 'organization'],
  ...['--name', name, '--cost', '10', '--out', lane.desk.file(`${name}.txt`)],
];
const replaceArgs = (file) => (lane) => [
  ...['api-key', 'replace', ...tableOf(lane), '--name', 'ci', '--yes'],
  ...['--cost', '10', '--out', lane.desk.file(file)],
];
const revokeArgs = (lane) => ['api-key', 'revoke', ...tableOf(lane), '--name', 'ci', '--yes'];

/** One API key is in the table, and in a file. */
const keyed = {
  name: 'keyed',
  after: fresh,
  async build(lane, before) {
    await must(lane, createArgs('ci')(lane));
    return before;
  },
};

/** The files whose key is that of an active row. */
async function taken(lane, ...files) {
  const hashes = await lane.withClient(async (client) => {
    const { rows } = await client.query(
      `SELECT key_hash AS hash FROM api_keys WHERE name = 'ci' AND is_active`,
    );
    return rows.map(({ hash }) => hash);
  });
  const keys = await Promise.all(files.map(async (name) => ({ name, key: await lane.desk.read(name) })));
  const held = hashes.map(
    (hash) => keys.find(({ key }) => key && compareSync(key.trim(), hash))?.name ?? 'nobody',
  );
  return held.sort();
}

/** What a command said, against whether it was done. A server that was put back to older data may deny what was true. */
function claims({ status, json }, isDone, { isOlder }) {
  const words = json?.error?.message ?? '';
  if (isOlder) return [];
  if (status === 0 && !isDone) return ['it said that it was done, and it was not'];
  return /nothing was changed/.test(words) && isDone ? [`it said “${words}”, and it was done`] : [];
}

async function isCreated(lane, _facts, runs, kind) {
  const held = await taken(lane, 'ci.txt');
  // of two programs at once, one is refused for what the other did
  const said = runs.length === 1 ? claims(runs[0], held.includes('ci.txt'), kind) : [];
  const isOwned = held.every((name) => name !== 'nobody') && held.length <= 1;
  return isOwned ? said : [...said, `active keys are of ${held.join(', ')}`];
}

async function isReplaced(lane, _facts, runs, kind) {
  const held = await taken(lane, 'ci.txt', 'next.txt');
  const said = runs.length === 1 ? claims(runs[0], held.includes('next.txt'), kind) : [];
  const isOwned = held.length === 1 && held[0] !== 'nobody';
  return isOwned ? said : [...said, `active keys are of ${held.join(', ') || 'no row'}`];
}

async function isRevoked(lane, _facts, runs, kind) {
  const held = await taken(lane, 'ci.txt');
  return runs.length === 1 ? claims(runs[0], held.length === 0, kind) : [];
}

const ended = ({ args, status, stdout }) =>
  `keel ${args.slice(0, 2).join(' ')} ended with ${status}: ${stdout.slice(0, 300)}`;

async function createAgain(lane) {
  const run = await lane.keel(createArgs('another')(lane));
  return run.status === 0 ? [] : [ended(run)];
}

async function replaceAgain(lane) {
  const run = await lane.keel(replaceArgs('last.txt')(lane));
  if (run.status !== 0) return [ended(run)];
  const held = await taken(lane, 'last.txt');
  return held.join() === 'last.txt' ? [] : [`after the next replacement active keys are of ${held.join()}`];
}

async function revokeAgain(lane) {
  const run = await lane.keel(revokeArgs(lane));
  return (await taken(lane)).length === 0 ? [] : [ended(run)];
}

export const apiKeySteps = [
  {
    name: 'api-key create',
    scene: fresh,
    args: createArgs('ci'),
    check: isCreated,
    again: createAgain,
  },
  {
    name: 'api-key replace',
    scene: keyed,
    args: replaceArgs('next.txt'),
    check: isReplaced,
    again: replaceAgain,
  },
  { name: 'api-key revoke', scene: keyed, args: revokeArgs, check: isRevoked, again: revokeAgain },
];

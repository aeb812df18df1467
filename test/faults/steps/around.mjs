// Steps around the database: Ballast's file, and what Keel knows of an environment.
import { stat } from 'node:fs/promises';
import { fresh, must, named, spent } from './scenes.mjs';

const env = ['--env', 'Acme'];

const applyArgs = (lane) => ['handoff', 'apply', ...env, '--env-file', lane.desk.file('.env')];
const fileUnder = (key) => `PORT=80\nENCRYPTION_KEY=${key.toString('base64')}\nLAST=1\n`;

/** The new key is in Ballast's file. */
const handed = {
  name: 'handed',
  usesKeychain: true,
  after: spent,
  async build(lane, before) {
    await must(lane, applyArgs(lane));
    return before;
  },
};

const undoArgs = (lane) => ['handoff', 'undo', ...env, '--env-file', lane.desk.file('.env')];

/** Ballast's file is the old one or the new one, to the letter, whatever happened; the one with `key` where it was said to be done. */
const fileIsWhole =
  (key) =>
  async (lane, { keys }, runs) => {
    const file = await lane.desk.read('.env');
    const holds = ['a', 'made'].find((name) => file === fileUnder(keys[name]));
    if (!holds) return [`the file is neither the old nor the new one: ${file?.length} bytes`];
    if (runs.length === 1 && runs[0].status === 0 && holds !== key)
      return ['it said that it was done, and the file has the other key'];
    const { mode } = await stat(lane.desk.file('.env'));
    return (mode & 0o777) === 0o600 ? [] : [`the file has mode ${(mode & 0o777).toString(8)}`];
  };

async function applyAgain(lane, facts) {
  const run = await lane.keel(applyArgs(lane));
  if (run.status !== 0) return [`the next hand-off ended with ${run.status}: ${run.stdout.slice(0, 300)}`];
  return (await lane.desk.read('.env')) === fileUnder(facts.keys.made)
    ? []
    : ['the next hand-off did not write the key'];
}

const addArgs = (lane) => [
  ...['env', 'add', 'Acme', '--database', lane.url(), '--inventory', lane.desk.file('inventory.json')],
  ...['--keep-keys-in', lane.keychain ? 'keychain' : 'sealed-file'],
];
const updateArgs = () => ['env', 'update', 'Acme', '--colour', 'red'];

/** It is known after a second try, which may find it there already. */
async function addAgain(lane) {
  const run = await lane.keel(addArgs(lane));
  const shown = await lane.keel(['env', 'show', 'Acme']);
  return shown.status === 0
    ? []
    : [`the environment is not known after a second try: ${run.stdout.slice(0, 300)}`];
}

async function updateAgain(lane) {
  const run = await lane.keel(updateArgs());
  return run.status === 0 ? [] : [`the next update ended with ${run.status}: ${run.stdout.slice(0, 300)}`];
}

export const stepsAround = [
  { name: 'handoff apply', scene: spent, args: applyArgs, check: fileIsWhole('made'), again: applyAgain },
  { name: 'handoff undo', scene: handed, args: undoArgs, check: fileIsWhole('a'), again: applyAgain },
  { name: 'env add', scene: fresh, args: addArgs, again: addAgain, usesKeychain: true },
  { name: 'env update', scene: named, args: updateArgs, again: updateAgain },
];

// Steps of the key ring and of backups: rows stay as they are, and every key stays at hand.
import { existsSync } from 'node:fs';
import { fresh, must, named, spent } from './scenes.mjs';

const env = ['--env', 'Acme'];

/** An environment without a key, and a backup in words of the one that its rows are under. */
const bare = {
  name: 'bare',
  usesKeychain: true,
  after: fresh,
  async build(lane, before) {
    const { desk } = lane;
    const place = lane.keychain ? 'keychain' : 'sealed-file';
    await must(lane, [
      ...['env', 'add', 'Acme', '--database', lane.url(), '--keep-keys-in', place],
      ...['--inventory', desk.file('inventory.json')],
    ]);
    const key = ['--key-file', desk.file('a.key')];
    await must(lane, ['backup', 'create', ...key, '--format', 'words', '--out', desk.file('a.words')]);
    return { ...before, database: env };
  },
};

const adopted = {
  name: 'adopted',
  usesKeychain: true,
  after: bare,
  async build(lane, before) {
    await must(lane, ['key', 'import', ...env, '--key-file', lane.desk.file('a.key')]);
    return before;
  },
};

const owned = {
  name: 'owned',
  usesKeychain: true,
  after: adopted,
  async build(lane, before) {
    await must(lane, proveA(lane));
    return { ...before, ring: ['a'] };
  },
};

const proveA = (lane) => ['prove', ...env, '--fingerprint', lane.fingerprints.a];

/** The next try of a command, and others after it, have to work. */
const tries =
  (...commands) =>
  async (lane, facts) => {
    for (const command of commands) {
      const args = command(lane, facts);
      const run = await lane.keel(args);
      if (run.status !== 0)
        return [`keel ${args.slice(0, 2).join(' ')} ended with ${run.status}: ${run.stdout.slice(0, 300)}`];
    }
    return [];
  };

const generateArgs = () => ['key', 'generate', ...env];
const adoptArgs = ({ desk }) => ['key', 'import', ...env, '--key-file', desk.file('a.key')];
const dumpsArgs = () => ['key', 'dumps', ...env, '--none-before', 'now'];
const restoreArgs = ({ desk, fingerprints }) => [
  ...['backup', 'restore', ...env, '--artefact', desk.file('a.words'), '--expect', fingerprints.a],
];
const destroyArgs = ({ fingerprints }) => [
  ...['key', 'destroy', ...env, '--fingerprint', fingerprints.a, '--accept', 'undo', '--yes'],
];
const drillArgs = (lane, name, key) => [
  ...['backup', 'drill', ...env, '--artefact', lane.desk.file(name), '--expect', lane.fingerprints[key]],
];
const createArgs = ({ desk, fingerprints }) => [
  ...['backup', 'create', ...env, '--format', 'words', '--fingerprint', fingerprints.a],
  ...['--out', desk.file('new.words')],
];

/** Gone is what the command was for; a second time there is nothing to do. */
async function destroyAgain(lane) {
  const run = await lane.keel(destroyArgs(lane));
  const listed = await lane.keel(['key', 'list', ...env]);
  const keys = listed.json?.environments?.[0]?.keys ?? [];
  const state = keys.find(({ fingerprint }) => fingerprint === lane.fingerprints.a)?.state;
  return state === 'destroyed' ? [] : [`the key is ${state} after a second try: ${run.stdout.slice(0, 300)}`];
}

/** What lies there is either the whole backup or nothing that stands in the way. */
async function createAgain(lane) {
  if (existsSync(lane.desk.file('new.words'))) {
    const drilled = await lane.keel(drillArgs(lane, 'new.words', 'a'));
    return drilled.status === 0
      ? []
      : [`a file is there that gives no key back: ${drilled.stdout.slice(0, 300)}`];
  }
  return tries(createArgs)(lane);
}

export const keySteps = [
  { name: 'key generate', scene: owned, args: generateArgs, again: tries(generateArgs) },
  { name: 'key import', scene: bare, args: adoptArgs, again: tries(adoptArgs, proveA) },
  { name: 'prove (activates)', scene: adopted, args: proveA, again: tries(proveA) },
  { name: 'key dumps', scene: owned, args: dumpsArgs, again: tries(dumpsArgs) },
  { name: 'key destroy', scene: spent, args: destroyArgs, again: destroyAgain, mayGo: ['a'] },
  { name: 'backup create', scene: named, args: createArgs, again: createAgain },
  {
    name: 'backup drill',
    scene: named,
    args: (lane) => drillArgs(lane, 'made.words', 'made'),
    again: tries((lane) => drillArgs(lane, 'made.words', 'made')),
  },
  { name: 'backup restore', scene: bare, args: restoreArgs, again: tries(restoreArgs, proveA) },
];

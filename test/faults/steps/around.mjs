// Steps around the database: Ballast's file, its API keys, and what Keel knows of an environment.
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { compareSync } from 'bcrypt';
import { fresh, named, spent } from './scenes.mjs';

const env = ['--env', 'Acme'];

const applyArgs = (lane) => ['handoff', 'apply', ...env, '--env-file', lane.desk.file('.env')];
const fileUnder = (key) => `PORT=80\nENCRYPTION_KEY=${key.toString('base64')}\nLAST=1\n`;

/** Ballast's file is the old one or the new one, to the letter, whatever happened. */
async function fileIsWhole(lane, facts, [run]) {
  const file = await lane.desk.read('.env');
  const isNew = file === fileUnder(facts.keys.made);
  if (!isNew && file !== fileUnder(facts.keys.a))
    return [`the file is neither the old nor the new one: ${file?.length} bytes`];
  if (run.status === 0 && !isNew) return ['it said that the key is handed off, and it is not'];
  const { mode } = await stat(lane.desk.file('.env'));
  return (mode & 0o777) === 0o600 ? [] : [`the file has mode ${(mode & 0o777).toString(8)}`];
}

async function applyAgain(lane, facts) {
  const run = await lane.keel(applyArgs(lane));
  if (run.status !== 0) return [`the next hand-off ended with ${run.status}: ${run.stdout.slice(0, 300)}`];
  return (await lane.desk.read('.env')) === fileUnder(facts.keys.made)
    ? []
    : ['the next hand-off did not write the key'];
}

const apiKeyArgs = (name) => (lane) => [
  ...['api-key', 'create', '--database', lane.url(), '--table', 'public.api_keys', '--scope', 'organization'],
  ...['--name', name, '--cost', '10', '--out', lane.desk.file(`${name}.txt`)],
];

const hashes = (lane, name) =>
  lane.withClient(async (client) => {
    const { rows } = await client.query('SELECT key_hash AS hash FROM api_keys WHERE name = $1', [name]);
    return rows.map(({ hash }) => hash);
  });

/** A key that is said to be made is in the table and in the file, the same one. */
async function apiKeyIsWhole(lane, _facts, [run]) {
  const found = await hashes(lane, 'ci');
  const key = (await lane.desk.read('ci.txt'))?.trim();
  if (run.status === 0 && (found.length !== 1 || !key || !compareSync(key, found[0])))
    return [
      `it said that the key is made; ${found.length} rows, file ${key === undefined ? 'absent' : 'there'}`,
    ];
  // where the answer was lost, it says so, and what to do
  const isSaid = /may be there or not/.test(run.json?.error?.message ?? '');
  const isKnown = isSaid || run.status === null || existsSync(lane.desk.file('ci.txt'));
  if (run.status !== 0 && found.length > 0 && !isKnown)
    return [`it failed with ${run.status}, and left a row of a key that nobody has`];
  return [];
}

async function apiKeyAgain(lane) {
  const run = await lane.keel(apiKeyArgs('next')(lane));
  return run.status === 0 ? [] : [`the next key ended with ${run.status}: ${run.stdout.slice(0, 300)}`];
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
  { name: 'handoff apply', scene: spent, args: applyArgs, check: fileIsWhole, again: applyAgain },
  { name: 'api-key create', scene: fresh, args: apiKeyArgs('ci'), check: apiKeyIsWhole, again: apiKeyAgain },
  { name: 'env add', scene: fresh, args: addArgs, again: addAgain, usesKeychain: true },
  { name: 'env update', scene: named, args: updateArgs, again: updateAgain },
];

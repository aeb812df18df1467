// The scenes that steps begin with, each built on another by Keel itself.
import { createRows, inventory, opened, readSealed, text } from '../bed/rows.mjs';

const accepted = ['--accept', 'other-sessions'];

/** A step of the setting up, which has to work. */
export async function must(lane, args) {
  const run = await lane.keel(args);
  if (run.status !== 0)
    throw new Error(`keel ${args.join(' ')} ended with ${run.status}: ${run.stdout}${run.stderr}`);
  return run.json;
}

/** Every row of every database under key a, and a desk with key files. */
export const fresh = {
  name: 'fresh',
  async build(lane) {
    const { desk, keys } = lane;
    await lane.withClient((client) => client.query('CREATE DATABASE ballast'), 'postgres');
    const cells = await lane.withClient(async (client) => {
      await createRows(client, keys.a);
      await client.query(`CREATE TABLE api_keys (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text,
        key_prefix text, key_hash text NOT NULL, scope text, is_active boolean DEFAULT true,
        created_at timestamptz DEFAULT now(), last_used_at timestamptz, expires_at timestamptz)`);
      return readSealed(client);
    });
    await desk.write('inventory.json', JSON.stringify(inventory));
    const columns = inventory.columns.filter(({ table }) => table !== 'loose');
    await desk.write('inventory-of-archive.json', JSON.stringify({ ...inventory, columns }));
    for (const [name, key] of Object.entries(keys)) {
      await desk.write(`${name}.key`, key.toString('base64'));
      const { key: inspected } = await must(lane, ['key', 'inspect', '--key-file', desk.file(`${name}.key`)]);
      lane.fingerprints[name] = inspected.fingerprint;
    }
    await desk.write('.env', `PORT=80\nENCRYPTION_KEY=${keys.a.toString('base64')}\nLAST=1\n`);
    await desk.write('passphrase', 'five random words for a test');
    const lines = opened(cells, keys.a);
    return { database: ['--database', lane.url()], key: 'a', lines, ring: [], keys };
  },
};

/** Every row has a key to find it by, as the portable way of a rotation needs it. */
export const keyedRows = {
  name: 'rowkeys',
  after: fresh,
  async build(lane, before) {
    await lane.withClient((client) =>
      client.query('ALTER TABLE loose ADD COLUMN id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY'),
    );
    return before;
  },
};

export const rotateFromFiles = (lane, from, to) => [
  ...[
    'rotate',
    '--database',
    lane.url(),
    '--inventory',
    lane.desk.file('inventory.json'),
    '--yes',
    ...accepted,
  ],
  ...['--from-key-file', lane.desk.file(`${from}.key`), '--to-key-file', lane.desk.file(`${to}.key`)],
];

/** From key a to key b, both in files of the admin's. */
export const rotated = {
  name: 'rotated',
  // keys of files are kept there too
  usesKeychain: true,
  after: fresh,
  async build(lane, before) {
    await must(lane, rotateFromFiles(lane, 'a', 'b'));
    return { ...before, key: 'b', ring: ['a', 'b'] };
  },
};

/** Places that a Ballast with the old key wrote after the rotation. */
export const late = [3, 7, 11, 12];

export const straggled = {
  name: 'straggled',
  usesKeychain: true,
  after: rotated,
  async build(lane, before) {
    await lane.withClient(async (client) => {
      for (const id of late)
        await client.query('UPDATE vault SET s = $2 WHERE id = $1', [
          id,
          text(lane.keys.a, `{"username": "user${id}", "password": "secret number ${id}"}`),
        ]);
    });
    return { ...before, under: { a: late.map((id) => `vault ${id} s`) } };
  },
};

/** An environment whose keys are in a store of Keel's: key a is the active one, and key d a pending one with a backup. */
export const named = {
  name: 'named',
  usesKeychain: true,
  after: fresh,
  async build(lane, before) {
    const { desk } = lane;
    const place = lane.keychain ? 'keychain' : 'sealed-file';
    await must(lane, [
      ...['env', 'add', 'Acme', '--database', lane.url(), '--keep-keys-in', place],
      ...['--inventory', desk.file('inventory.json')],
    ]);
    const env = ['--env', 'Acme'];
    await must(lane, ['key', 'import', ...env, '--key-file', desk.file('a.key')]);
    await must(lane, ['prove', ...env, '--fingerprint', lane.fingerprints.a]);
    await must(lane, ['key', 'generate', ...env]);
    const listed = await must(lane, ['key', 'list', ...env]);
    const made = listed.environments[0].keys.at(-1).fingerprint;
    const words = desk.file('made.words');
    await must(lane, [
      'backup',
      'create',
      ...env,
      '--format',
      'words',
      '--fingerprint',
      made,
      '--out',
      words,
    ]);
    await must(lane, [
      'backup',
      'restore',
      '--artefact',
      words,
      '--expect',
      made,
      '--out',
      desk.file('made.key'),
    ]);
    const keys = { ...before.keys, made: Buffer.from(await desk.read('made.key'), 'base64') };
    lane.fingerprints.made = made;
    return { ...before, database: env, ring: ['a', 'made'], keys };
  },
};

/** The same after a rotation to the key that Keel made, when no dump needs the old one. */
export const spent = {
  name: 'spent',
  usesKeychain: true,
  after: named,
  async build(lane, before) {
    await must(lane, ['rotate', ...before.database, '--yes', ...accepted]);
    await must(lane, ['sweep', ...before.database]);
    await must(lane, ['key', 'dumps', ...before.database, '--none-before', 'now']);
    return { ...before, key: 'made' };
  },
};

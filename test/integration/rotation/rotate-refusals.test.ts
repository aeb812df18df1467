import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createForeignDatabase,
  type ForeignDatabase,
  readEveryBit,
} from '#test/support/databases/foreign-database';
import { KeelFolder, type KeelRun } from '#test/support/processes/keel-process';
import { connectPlainly, urlOf } from '#test/support/postgres/test-database';

let database: ForeignDatabase;
let folder: KeelFolder;
let bits: string[];
/** A rotation that would work; each test spoils one thing. */
const good: Record<string, string> = {};

beforeAll(async () => {
  database = await createForeignDatabase({ rows: 40 });
  folder = await KeelFolder.create();
  good['--database'] = database.url;
  good['--from-key-file'] = await folder.file('from.key', database.from.toString('base64'));
  good['--to-key-file'] = await folder.file('to.key', database.to.toString('base64'));
  good['--inventory'] = join(folder.path, 'inventory.json');
  const args = ['--database', database.url, '--key-file', good['--from-key-file']];
  const found = await folder.run(['discover', ...args, '--out', good['--inventory']]);
  expect(found.status).toBe(0);
  bits = await readEveryBit(database.client);
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const consent = ['--yes', '--accept', 'other-sessions'];

async function rotate(change: Record<string, string>, more: readonly string[] = consent): Promise<KeelRun> {
  return folder.run(['rotate', '--json', ...Object.entries({ ...good, ...change }).flat(), ...more]);
}

/** Refused with this code and exit code, a sentence and a next step, and not one bit of the database is another. */
async function expectRefusal(run: KeelRun, status: number, code: string, message: RegExp): Promise<void> {
  expect(run.json).toEqual({
    ok: false,
    error: { code, message: expect.stringMatching(message), remedy: expect.stringMatching(/\w{3,}/) },
  });
  expect(run.status).toBe(status);
  expect(run.stdout + run.stderr).not.toMatch(/^ +at .+:\d+/m);
  expect(await readEveryBit(database.client)).toEqual(bits);
}

describe('a rotation is refused, with a sentence, a remedy and nothing changed,', () => {
  const key = () => randomBytes(32).toString('base64');
  const publicKey = 'aaxqwQD9JlKPkyhBoZbpjwQysmeVAovra2FTMUOa6Vo=';

  test.for([
    [
      'the old key is another one',
      key(),
      4,
      'key-wrong',
      /(opens?|decrypts?) (none|nothing|no )|does not (open|decrypt)/,
    ],
    ['the old key is hex', randomBytes(32).toString('hex'), 2, 'key-malformed', /hex/],
    ['the old key is 31 bytes', randomBytes(31).toString('base64'), 2, 'key-malformed', /31 bytes/],
    ['the old key is quoted', `"${key()}"`, 2, 'key-malformed', /quot/],
    ['the line of the .env was pasted', `ENCRYPTION_KEY=${key()}`, 2, 'key-malformed', /ENCRYPTION_KEY=/],
    ['the old key is empty', '\n', 2, 'key-malformed', /empty/],
  ] as const)('%s', async ([name, text, status, code, message]) => {
    const file = await folder.file(`${name}.key`, text);
    const run = await rotate({ '--from-key-file': file });
    await expectRefusal(run, status, code, message);
    if (text.trim()) expect(run.stdout + run.stderr).not.toContain(text.slice(-20));
  });

  test.for([
    [
      'the new key is printed in public documentation',
      publicKey,
      4,
      'key-publicly-known',
      /it is publicly known/,
    ],
    ['the new key is all one letter', Buffer.alloc(32, 7).toString('base64'), 2, 'key-weak', /./],
  ] as const)('%s', async ([name, text, status, code, message]) => {
    await expectRefusal(
      await rotate({ '--to-key-file': await folder.file(`${name}.key`, text) }),
      status,
      code,
      message,
    );
  });

  test('the new key is the old one', async () => {
    await expectRefusal(
      await rotate({ '--to-key-file': good['--from-key-file'] as string }),
      4,
      'same-key',
      /same/,
    );
  });

  test('a key file that is not there', async () => {
    await expectRefusal(
      await rotate({ '--from-key-file': '/nowhere/key' }),
      2,
      'key-file-unreadable',
      /the file does not exist/,
    );
  });

  const column = { schema: 'public', table: 'tok', column: 'acc', layout: 'base64', kind: 'credentials' };
  test.for([
    ['the inventory is not JSON', '{ "version": 1,', 2, 'inventory-malformed', /./],
    [
      'the inventory is of another version',
      { version: 99, columns: [column] },
      2,
      'inventory-malformed',
      /version/,
    ],
    ['the inventory lists no column', { version: 1, columns: [] }, 2, 'inventory-malformed', /./],
    ['the inventory has an unknown layout', [{ ...column, layout: 'rot13' }], 2, 'layout-unknown', /rot13/],
    [
      'the inventory names a table that is not there',
      [{ ...column, table: 'tokk' }],
      4,
      'inventory-mismatch',
      /tokk/,
    ],
    [
      'the inventory names a column that was dropped',
      [{ ...column, column: 'accc' }],
      4,
      'inventory-mismatch',
      /accc/,
    ],
    [
      'the inventory names a column of numbers',
      [{ ...column, column: 'cnt' }],
      4,
      'inventory-mismatch',
      /cnt/,
    ],
    ['the inventory names a column twice', [column, column], 2, 'inventory-malformed', /twice/],
    ['the inventory gives a wrong layout', [{ ...column, layout: 'hex' }], 4, 'preflight-stopped', /“hex”/],
    ['the inventory lacks encrypted columns', [column], 4, 'preflight-stopped', /unlisted-columns/],
  ] as const)('%s', async ([name, content, status, code, message]) => {
    const text =
      typeof content === 'string'
        ? content
        : JSON.stringify('version' in content ? content : { version: 1, columns: content });
    const file = await folder.file(`${name}.json`, text);
    await expectRefusal(await rotate({ '--inventory': file }), status, code, message);
  });

  /** The database's URL with one part of it another. */
  const at = (part: 'port' | 'hostname' | 'password' | 'pathname', value: string): string => {
    const url = new URL(database.url);
    url[part] = value;
    return url.href;
  };
  const urls: readonly (readonly [string, () => string, number, string, RegExp])[] = [
    ['the URL is none', () => 'db.example.org', 2, 'url-malformed', /./],
    ['the URL is of another kind', () => 'mysql://root@localhost/x', 2, 'url-malformed', /./],
    ['the port answers nobody', () => at('port', '1'), 1, 'server-unreachable', /127\.0\.0\.1:1/],
    ['the host has no address', () => at('hostname', 'no.invalid'), 1, 'server-unreachable', /no\.invalid/],
    ['the password is wrong', () => at('password', 'not-the-password'), 1, 'login-refused', /./],
    [
      'the database is not there',
      () => at('pathname', '/nothing_here'),
      1,
      'database-missing',
      /nothing_here/,
    ],
  ];
  test.for(urls)('%s', async ([, url, status, code, message]) => {
    const run = await rotate({ '--database': url() });
    await expectRefusal(run, status, code, message);
    expect(run.stdout + run.stderr).not.toContain('not-the-password');
  });

  test('nobody confirms it', async () => {
    const run = await rotate({}, ['--accept', 'other-sessions']);
    await expectRefusal(run, 4, 'confirmation-missing', /./);
  });

  test('Ballast is still connected', async () => {
    await expectRefusal(await rotate({}, ['--yes']), 4, 'preflight-stopped', /other sessions are connected/);
  });

  test('somebody holds a lock on a table for longer than the timeout', async () => {
    const holder = await connectPlainly(database.url);
    await holder.query('BEGIN; LOCK TABLE tok IN ROW EXCLUSIVE MODE');
    const run = await rotate({ '--lock-timeout': '300' });
    await holder.end();
    await expectRefusal(run, 4, 'lock-timeout', /300 ms/);
  });

  test('a prepared transaction is pending', async () => {
    await database.client.query(
      `BEGIN; LOCK TABLE hashes IN ACCESS SHARE MODE; PREPARE TRANSACTION '${database.name}'`,
    );
    const run = await rotate({});
    await database.client.query(`ROLLBACK PREPARED '${database.name}'`);
    await expectRefusal(run, 4, 'preflight-stopped', /prepared/);
  });

  test.for([
    [
      'the role may only read',
      'GRANT SELECT ON ALL TABLES IN SCHEMA public, "My Schema" TO',
      'privilege-missing',
      /UPDATE/,
    ],
    ['the role may not even read', 'REVOKE ALL ON tok FROM', 'privilege-missing', /./],
    [
      'the role is made read-only',
      'GRANT ALL ON ALL TABLES IN SCHEMA public, "My Schema" TO',
      'server-read-only',
      /read-only/,
      'SET default_transaction_read_only = on',
    ],
  ] as const)('%s', async ([, grant, code, message, setting]) => {
    const role = `role_${randomBytes(4).toString('hex')}`;
    const { client } = database;
    await client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'pass' ; GRANT USAGE ON SCHEMA "My Schema" TO ${role}`,
    );
    await client.query(`${grant} ${role}`);
    if (setting) await client.query(`ALTER ROLE ${role} ${setting}`);
    const run = await rotate({
      '--database': urlOf(database.url, database.name, { user: role, password: 'pass' }),
    });
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await expectRefusal(run, 4, code, message);
  });

  test('row-level security would hide rows from the role', async () => {
    const role = `role_${randomBytes(4).toString('hex')}`;
    const { client } = database;
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pass' ; GRANT USAGE ON SCHEMA "My Schema" TO ${role};
      GRANT ALL ON ALL TABLES IN SCHEMA public, "My Schema" TO ${role};
      ALTER TABLE vault ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON vault USING (name < 'vault-2')`);
    const run = await rotate({
      '--database': urlOf(database.url, database.name, { user: role, password: 'pass' }),
    });
    await client.query(`DROP POLICY few ON vault; ALTER TABLE vault DISABLE ROW LEVEL SECURITY;
      DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await expectRefusal(run, 4, 'preflight-stopped', /row-level security/);
  });

  test.for(['SIGINT', 'SIGTERM'] as const)(
    '%s while it works rolls it back, says so, and ends with 5',
    async (signal) => {
      const holder = await connectPlainly(database.url);
      await holder.query('BEGIN; LOCK TABLE tok IN ROW EXCLUSIVE MODE');
      let sent = false;
      const run = await folder.run(
        ['rotate', '--json', ...Object.entries(good).flat(), ...consent, '--lock-timeout', '50000'],
        {
          onTalk: (talk, kill) => {
            if (!sent && talk.includes('locking …')) kill(signal);
            sent = talk.includes('locking …');
          },
        },
      );
      await holder.end();
      expect(run.stderr).toContain('cancelling');
      await expectRefusal(run, 5, 'cancelled', /rolled back; nothing was changed/);
    },
  );
});

test('the columns that an inventory lacks may be left out knowingly', async () => {
  const inventory = JSON.parse(await readFile(good['--inventory'] as string, 'utf8'));
  inventory.columns = inventory.columns.filter((column: { table: string }) => column.table === 'tok');
  const file = await folder.file('some.json', JSON.stringify(inventory));
  const run = await rotate({ '--inventory': file }, [
    ...consent,
    '--accept',
    'unlisted-columns',
    '--rehearse',
  ]);
  expect(run).toMatchObject({ status: 0, json: { ok: true, rotation: { rehearsal: true } } });
});

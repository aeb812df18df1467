import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory, type TableTarget } from '#postgres/table-target';
import { ensureKeelSchema } from '#rewrite/keel-schema';
import { createStagingTable, stagingTable } from '#rewrite/staging-table';
import {
  checkJournal,
  correctJournal,
  findInJournal,
  journalStatus,
  openJournal,
  writeJournal,
} from '#rotation/run/journal';
import { checkStaged } from '#rotation/run/verify';
import { base64, base64Column } from '#test/support/databases/foreign-database';
import {
  documentOf,
  type StagedCells,
  type StagedRows,
  stageByHand,
} from '#test/support/databases/staged-rows';

// What is staged is read back before COMMIT, and what the journal has tells of it afterwards. Each test rolls back.

let rows: StagedRows;

beforeAll(async () => {
  rows = await stageByHand('CREATE TABLE store (id int PRIMARY KEY, s text)');
});
afterAll(() => rows[Symbol.asyncDispose]());
beforeEach(async () => void (await rows.client.query('BEGIN')));
afterEach(async () => void (await rows.client.query('ROLLBACK')));

const damaged = (id: number) => ({
  code: 'verification-failed',
  message: expect.stringContaining(`id=${id}`),
});

describe('a staged row', () => {
  const check = async (wrong: Partial<StagedCells>, expected = 5) => {
    for (let id = 1; id <= 5; id++) await rows.add(id, id === 4 ? wrong : {});
    await checkStaged(rows.client, rows.staging, rows.keys, expected);
  };

  test('passes where it holds under the new key what it held under the old one', async () => {
    await expect(check({})).resolves.toBeUndefined();
  });

  test('is not looked at any more once the work was called off', async () => {
    await rows.add(1);
    const signal = AbortSignal.abort();
    await expect(checkStaged(rows.client, rows.staging, rows.keys, 1, { signal })).rejects.toThrow('aborted');
  });

  test('passes where what is left is left as it was', async () => {
    await expect(check({ oldS: 'short', newS: 'short', note: Buffer.of(1, 0) })).resolves.toBeUndefined();
  });

  test.each([4, 6])('is missed, or one too many, where %i were staged', async (expected) => {
    await expect(check({}, expected)).rejects.toMatchObject({ code: 'verification-failed' });
  });

  test.each<[string, () => Partial<StagedCells>]>([
    ['another value', () => ({ newS: base64('{"password": "number 5"}', rows.keys.to.bytes) })],
    [
      'its value under the old key',
      () => ({ newS: base64('{"password": "number 4"}', rows.keys.from.bytes) }),
    ],
    ['a longer value', () => ({ newS: base64('{"password": "number 4"} ', rows.keys.to.bytes) })],
    ['no value', () => ({ newS: null })],
    ['a value where it held none', () => ({ oldS: null })],
    ['no ciphertext', () => ({ newS: 'no ciphertext' })],
    [
      'another text around its value',
      () => ({ newDoc: documentOf(base64('a token for number 4', rows.keys.to.bytes), 'somebody else') }),
    ],
    ['another text where it was to be left', () => ({ oldS: 'short', newS: 'shore', note: Buffer.of(1, 0) })],
  ])('that would hold %s stops it, and is named', async (_, wrong) => {
    await expect(check(wrong())).rejects.toMatchObject(damaged(4));
  });

  test('whose new value its cipher refuses does not pass for one that holds nothing', async () => {
    const { client, keys } = rows;
    const layout = '"{iv12+body+tag16 base64}" aes-gcm key:sha256';
    const columns = [{ ...base64Column('store'), layout }];
    const [target] = resolveInventory({ version: 1, columns }, await readCatalog(client)) as [TableTarget];
    const staging = stagingTable(target, 'fedcba9876543210', 0, 'schema');
    await createStagingTable(client, staging);
    const sealed = (text: string, { written }: EncryptionKey) => {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', createHash('sha256').update(written).digest(), iv);
      const body = Buffer.concat([cipher.update(text), cipher.final()]);
      return Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64');
    };
    const stage = (id: number, ...cells: readonly string[]) =>
      client.query(`INSERT INTO ${staging.sql} (k0, o0, n0) VALUES ($1, $2, $3)`, [id, ...cells]);
    await stage(1, sealed('', keys.from), sealed('', keys.to));
    await stage(2, sealed('hunter2', keys.from), sealed('hunter2', keys.to));
    await checkStaged(client, staging, keys, 2);
    await stage(3, sealed('', keys.from), randomBytes(28).toString('base64'));
    await expect(checkStaged(client, staging, keys, 3)).rejects.toMatchObject(damaged(3));
  });
});

describe('the journal', () => {
  const ours = `CREATE TABLE keel.rotation (id uuid PRIMARY KEY, from_key text NOT NULL, to_key text NOT NULL, xid xid8 NOT NULL,
    row_count bigint NOT NULL, committed_at timestamptz NOT NULL DEFAULT clock_timestamp())`;
  const id = '0b7e1c1e-0000-4000-8000-000000000000';
  const entry = { id, from: 'a', to: 'b', xid: '700', rows: 5 };

  test.each([
    ['there is none yet', 'missing', ''],
    ['there is the one of an earlier rotation', 'ours', ours],
  ] as const)('is written where %s, and found by its id alone', async (_, status, sql) => {
    const { client } = rows;
    await ensureKeelSchema(client);
    if (sql) await client.query(sql);
    expect(await journalStatus(client)).toBe(status);
    expect(await findInJournal(client, id)).toBe('absent');
    await openJournal(client, status);
    await writeJournal(client, entry);
    await correctJournal(client, { ...entry, rows: 7 });
    expect(await findInJournal(client, id)).toBe('there');
    expect(await findInJournal(client, id.replace(/0$/, '1'))).toBe('absent');
    const { rows: found } = await client.query('SELECT from_key, to_key, xid, row_count FROM keel.rotation');
    expect(found).toEqual([{ from_key: 'a', to_key: 'b', xid: '700', row_count: '7' }]);
  });

  test.each([
    ['has another column', `${ours}; ALTER TABLE keel.rotation ADD more int`],
    ['lets a key be NULL', `${ours}; ALTER TABLE keel.rotation ALTER from_key DROP NOT NULL`],
    ['has a default', `${ours}; ALTER TABLE keel.rotation ALTER row_count SET DEFAULT 0`],
    ['has a check', `${ours}; ALTER TABLE keel.rotation ADD CHECK (row_count > 0)`],
    [
      'refers to another table',
      `${ours}; CREATE TABLE keel.names (name text PRIMARY KEY); ALTER TABLE keel.rotation ADD FOREIGN KEY (to_key) REFERENCES keel.names`,
    ],
    ['hides rows', `${ours}; ALTER TABLE keel.rotation ENABLE ROW LEVEL SECURITY`],
    ['is lost in a crash', `${ours}; ALTER TABLE keel.rotation SET UNLOGGED`],
    ['has an index over an expression', `${ours}; CREATE INDEX ON keel.rotation (lower(from_key))`],
    ['has an index over some rows', `${ours}; CREATE INDEX ON keel.rotation (xid) WHERE row_count > 0`],
    ['has a rule', `${ours}; CREATE RULE r AS ON INSERT TO keel.rotation DO ALSO SELECT 1`],
    ['has heirs', `${ours}; CREATE TABLE keel.more () INHERITS (keel.rotation)`],
    [
      'has a trigger',
      `${ours}; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
       CREATE TRIGGER t BEFORE INSERT ON keel.rotation FOR EACH ROW EXECUTE FUNCTION f()`,
    ],
    ['is a view', 'CREATE VIEW keel.rotation AS SELECT 1 AS id'],
  ])('is not written, and tells nothing, where a table of its name %s', async (_, sql) => {
    const { client } = rows;
    await ensureKeelSchema(client);
    await client.query(sql);
    expect(await journalStatus(client)).toBe('other');
    expect((await checkJournal(client)).level).toBe('stop');
    expect(await findInJournal(client, id)).toBe('unknown');
    await expect(openJournal(client, 'ours')).rejects.toBeInstanceOf(KeelError);
  });
});

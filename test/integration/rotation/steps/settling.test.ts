import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { newRecord, type RotationRecord } from '#records/rotation-record';
import { ensureKeelSchema } from '#rewrite/keel-schema';
import { openJournal, writeJournal } from '#rotation/run/journal';
import { settleOutcome } from '#rotation/settle';
import { saying } from '#test/saying';
import { base64Column, base64 } from '#test/support/databases/foreign-database';
import { createTestDatabase } from '#test/support/postgres/test-database';

// What became of a rotation, told from its record, its journal and the rows alone.

interface Case {
  readonly purpose?: RotationRecord['purpose'];
  /** Without it no transaction began. */
  readonly cutover?: { readonly place: 'schema' | 'temporary'; readonly bothKeys?: boolean };
  /** Whose entry the journal has. */
  readonly journal?: 'of this one' | 'of another' | 'empty';
  /** Rows under each key. */
  readonly rows: { readonly from?: number; readonly to?: number; readonly stranger?: number };
}

async function settle({ purpose = 'rotate', cutover, journal, rows }: Case) {
  await using database = await createTestDatabase();
  using from = new EncryptionKey(randomBytes(32));
  using to = new EncryptionKey(randomBytes(32));
  using stranger = new EncryptionKey(randomBytes(32));
  await database.client.query('CREATE TABLE vault (s text)');
  for (const [key, count = 0] of [
    [from, rows.from],
    [to, rows.to],
    [stranger, rows.stranger],
  ] as const)
    for (let n = 0; n < count; n++)
      await database.client.query('INSERT INTO vault VALUES ($1)', [
        base64(`{"password": "secret number ${n}"}`, key.bytes),
      ]);
  const client = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel test' });
  const column = base64Column();
  const id = randomUUID();
  const record = newRecord({
    id,
    purpose,
    from: from.fingerprint,
    to: to.fingerprint,
    inventory: { version: 1, columns: [column] },
    excluded: [],
    ivProofs: [],
  });
  try {
    if (journal !== undefined) {
      await ensureKeelSchema(client);
      await client.query('BEGIN');
      await openJournal(client, 'missing');
      const entry = { from: record.from, to: record.to, xid: '700', rows: 5 };
      if (journal === 'of this one') await writeJournal(client, { ...entry, id });
      if (journal === 'of another') await writeJournal(client, { ...entry, id: randomUUID() });
      await client.query('COMMIT');
    }
    const known = cutover && { cutover: { xid: '700', backendPid: 1, ...cutover } };
    return await settleOutcome(client, { ...record, ...known }, async (fingerprint) => {
      const key = [from, to].find((one) => one.fingerprint === fingerprint);
      return new EncryptionKey(Buffer.from(key?.bytes ?? []));
    });
  } finally {
    await client.end();
  }
}

const [schema, temporary] = [{ place: 'schema' }, { place: 'temporary' }] as const;

test.each<[what: string, outcome: string, given: Case]>([
  ['no transaction began', 'rolled-back', { rows: { to: 20 } }],
  ['its journal row is there', 'committed', { cutover: schema, journal: 'of this one', rows: { to: 20 } }],
  // whatever the rows say: they may have been rotated on since
  ['its journal row is there', 'committed', { cutover: schema, journal: 'of this one', rows: { from: 20 } }],
  ['the journal is another’s', 'rolled-back', { cutover: schema, journal: 'of another', rows: { to: 20 } }],
  ['the journal is empty', 'rolled-back', { cutover: schema, journal: 'empty', rows: { from: 20 } }],
  ['there is no journal, and should be', 'rolled-back', { cutover: schema, rows: { from: 20 } }],
  [
    'no journal was to be, and the old key decrypts',
    'rolled-back',
    { cutover: temporary, rows: { from: 20 } },
  ],
  ['no journal was to be, and the new key decrypts', 'committed', { cutover: temporary, rows: { to: 20 } }],
  [
    'no journal was to be, the new key decrypts, and strangers have rows',
    'committed',
    { cutover: temporary, rows: { to: 20, stranger: 5 } },
  ],
  ['no journal was to be, and no row is there', 'rolled-back', { cutover: temporary, rows: {} }],
  [
    'no journal was to be, and the new one, which was new, decrypts almost all',
    'committed',
    { cutover: { ...temporary, bothKeys: false }, rows: { from: 1, to: 20 } },
  ],
  [
    'no journal was to be, and both decrypt after a sweep',
    'untold',
    { purpose: 'sweep', cutover: { ...temporary, bothKeys: true }, rows: { from: 5, to: 20 } },
  ],
  [
    'no journal was to be, and a sample shows none of the rows that a sweep was for',
    'untold',
    { purpose: 'sweep', cutover: { ...temporary, bothKeys: true }, rows: { to: 20 } },
  ],
])('where %s it is %s', async (_, outcome, given) => {
  expect(await settle(given)).toBe(outcome);
});

test.each<[what: string, given: Case]>([
  [
    'both keys decrypt, and did before',
    { cutover: { ...temporary, bothKeys: true }, rows: { from: 10, to: 10 } },
  ],
  [
    'both keys decrypt, of which the new one was new',
    { cutover: { ...temporary, bothKeys: false }, rows: { from: 5, to: 20 } },
  ],
  [
    'both keys decrypt, and it is not known whether they did',
    { cutover: temporary, rows: { from: 10, to: 10 } },
  ],
  [
    'both keys decrypt after an undo',
    { purpose: 'undo', cutover: { ...temporary, bothKeys: false }, rows: { from: 10, to: 10 } },
  ],
  ['neither key decrypts', { cutover: temporary, rows: { stranger: 20 } }],
])('where %s, and no journal was to be, it stays unsettled', async (_, given) => {
  await expect(settle(given)).rejects.toMatchObject({
    code: 'rotation-unsettled',
    message: expect.stringMatching(given.rows.stranger ? /^neither key / : /^key .* both decrypt rows/),
    remedy: saying('keel prove'),
  });
});

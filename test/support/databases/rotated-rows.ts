import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { type KeyRing, openKeyRing } from '#keyring/key-ring';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { type RotationRecord, RotationRecords } from '#records/rotation-record';
import type { Finding } from '#rewrite/finding';
import { openSession, type RewriteSession } from '#rewrite/session';
import type { Correct } from '#rotation/compare-with-ring';
import { type Preflight, type PreflightRequest, runPreflight } from '#rotation/preflight/run-preflight';
import { recordedRun } from '#rotation/run/recorded-run';
import type { RunResult } from '#rotation/run/run-result';
import { type RunRequest, runRotation } from '#rotation/run/run-rotation';
import { memoryStore } from '../memory-store.ts';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.ts';
import { base64, openBase64 } from './foreign-database.ts';
import { byValues } from '../activations.ts';

/** Twenty rows under a key, a key ring and records, rotated by the services themselves, so that a test can reach in between. */
export interface RotatedRows extends AsyncDisposable {
  readonly database: TestDatabase;
  /** The environment's. */
  readonly folder: string;
  readonly keys: { readonly from: EncryptionKey; readonly to: EncryptionKey };
  readonly ring: KeyRing;
  readonly records: RotationRecords;
  rotate(more?: Interference): Promise<RunResult>;
  rehearse(more?: Interference): Promise<RunResult>;
  /** What preflight finds, in samples if nothing else is said. */
  look(more?: Interference & Partial<PreflightRequest>): Promise<readonly Finding[]>;
  readonly open: (name?: string) => ReturnType<typeof connect>;
  /** Everything but the test itself connects to this address from now on. */
  reachThrough(url: string): void;
  add(id: number, key?: EncryptionKey): Promise<void>;
  /** How many rows each key opens. */
  opened(): Promise<{ from: number; to: number }>;
  /** The states of all records, oldest first. */
  states(): Promise<string[]>;
  ringStates(): Promise<string[]>;
  /** Tables in Keel's schema; undefined where there is no such schema. */
  keelTables(): Promise<string[] | undefined>;
}

/** What happens meanwhile, and what is asked for otherwise. */
export interface Interference extends Partial<RunRequest> {
  readonly purpose?: RotationRecord['purpose'];
  readonly place?: Preflight['place'];
  /** In the portable way, whatever the engine. */
  readonly portable?: boolean;
  /** When all is staged and nothing is locked yet, with what was recorded of the transaction. */
  readonly staged?: (session: RewriteSession, record: RotationRecord) => Promise<unknown>;
  /** Stands for COMMIT. */
  readonly commit?: (session: RewriteSession, send: () => Promise<unknown>) => Promise<unknown>;
  readonly ring?: Partial<KeyRing>;
}

const plaintext = (id: number) => `{"password": "secret number ${id}"}`;

export async function rowsToRotate(setup = ''): Promise<RotatedRows> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'keel-test-rotated-'));
  const keys = { from: new EncryptionKey(randomBytes(32)), to: new EncryptionKey(randomBytes(32)) };
  const ring = openKeyRing(folder, memoryStore());
  const records = new RotationRecords(folder);
  await ring.hold(keys.from, 'active');
  await ring.hold(keys.to, 'pending', 'generated');
  await ring.recordProof(keys.to.fingerprint, { artefact: 'age-file', location: '/backup.age' });
  const { client } = database;
  await client.query('CREATE TABLE vault (id int PRIMARY KEY, s text, n int DEFAULT 0)');
  const add = async (id: number, key = keys.from) => {
    await client.query('INSERT INTO vault VALUES ($1, $2)', [id, base64(plaintext(id), key.bytes)]);
  };
  for (let id = 1; id <= 20; id++) await add(id);
  await client.query(setup);
  let address = database.url;
  const open = (applicationName = 'keel test') => connect(parseDatabaseUrl(address), { applicationName });

  async function prepared({ staged: _staged, ring: _ring, commit, place, portable, ...more }: Interference) {
    const column = {
      schema: 'public',
      table: 'vault',
      column: 's',
      layout: 'base64',
      kind: 'unknown' as const,
    };
    const request = {
      inventory: { version: 1 as const, columns: [column] },
      keys: { ...keys, toMayBePresent: false, inDoubt: 'stop' as const },
      excluded: [],
      accepted: [],
      lockTimeoutMs: 5_000,
      purpose: 'rotate' as const,
      onProgress: () => undefined,
      ...more,
    };
    const session = await openSession(open, portable ? 'portable' : 'as-needed');
    const { writer } = session;
    const send = writer.query.bind(writer) as (...query: unknown[]) => Promise<unknown>;
    const query = (...parameters: unknown[]) =>
      commit && parameters[0] === 'COMMIT' ? commit(session, () => send('COMMIT')) : send(...parameters);
    Object.assign(writer, { query });
    const { signal: _signal, ...looked } = request;
    const preflight = {
      ...(await runPreflight(session, { sampled: true, ...looked })),
      ...(place && { place }),
    };
    return { session, request, preflight };
  }

  return {
    database,
    folder,
    keys,
    ring,
    records,
    open,
    reachThrough(url) {
      address = url;
    },
    add,
    async rotate(more = {}) {
      const { session, request, preflight } = await prepared(more);
      await using _ = session;
      const { staged } = more;
      const watched: RotationRecords = Object.assign(Object.create(records), {
        list: () => records.list(),
        write: (record: RotationRecord) => records.write(record),
        advance: async (...[record, event, details]: Parameters<RotationRecords['advance']>) => {
          const moved = await records.advance(record, event, details);
          if (event === 'cutover-began') await staged?.(session, moved);
          return moved;
        },
      });
      const services = { keyRing: { ...ring, ...more.ring }, records: watched };
      return await recordedRun(session, preflight, request, services);
    },
    async rehearse(more = {}) {
      const { session, request, preflight } = await prepared(more);
      await using _ = session;
      return await runRotation(session, preflight, request, { rehearsal: true });
    },
    async look(more = {}) {
      const { session, preflight } = await prepared(more);
      await using _ = session;
      return preflight.findings;
    },
    async opened() {
      const { rows } = await client.query('SELECT s FROM vault');
      const count = ({ bytes }: EncryptionKey) =>
        rows.filter(({ s }) => openBase64(s, bytes).startsWith('{"password": "secret')).length;
      return { from: count(keys.from), to: count(keys.to) };
    },
    states: async () => (await records.list()).map(({ state }) => state),
    ringStates: async () => (await ring.list()).map(({ state }) => state),
    async keelTables() {
      const { rows } = await client.query(
        `SELECT n.oid, array_remove(array_agg(c.relname::text ORDER BY c.relname), NULL) AS names FROM pg_namespace n
         LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = 'r' WHERE n.nspname = 'keel' GROUP BY n.oid`,
      );
      return rows[0]?.names;
    },
    async [Symbol.asyncDispose]() {
      for (const key of Object.values(keys)) key[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Nothing was changed, and nothing is left over. */
export async function expectUndone(rows: RotatedRows): Promise<void> {
  expect(await rows.opened()).toEqual({ from: 20, to: 0 });
  expect(await rows.states()).toEqual(['rolled-back']);
  expect(await rows.ringStates()).toEqual(['active', 'pending']);
  expect(await rows.keelTables()).toBeUndefined();
}

/** The ring follows what the database says, as where the admin agrees to that. */
export function agreed(ring: Pick<RotatedRows['ring'], 'activate'>): Correct {
  return async ({ to, from }) => {
    await ring.activate(to, byValues(from));
    return true;
  };
}

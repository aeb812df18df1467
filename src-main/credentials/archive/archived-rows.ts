import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { type Segment, decryptBatch, sealBatch, ivLength } from '#crypto/cfb';
import type { OpenedBatch } from '#crypto/sealed';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';
import { copyInto } from '#postgres/row-stream';
import { type ArchivedValue, type ArchiveReading, malformed, targetFormName } from './archive-reader.ts';
import { type CredentialTable, keyExpressions } from '#credentials/credential-table';

/*
 * To be compared with the database's rows, an archive goes into temporary tables of one connection, a row for each row of its
 * tables. Its credentials are sealed there under a key that this process makes, and forgets with the connection: what the server
 * writes to its disk is noise to everybody.
 */

const segment: Segment = 'cfb128';
/** Column, targetForm, and the lengths of the leaf's path and of the encrypted value. */
const headLength = 2 + 2 + 4 + 4;
const batchRows = 500;
const batchBytes = 1 << 20;

/** Where an archived credential belongs in its row. */
export interface Place {
  /** Index among the columns of the table target. */
  readonly column: number;
  /** Index among the targetForms of the column. */
  readonly targetForm: number;
  /** Where a path with `*` led to, or nothing. */
  readonly leaf: string;
}

/** Identifies a place in its row. A document that has a member twice has several values of one name. */
export function placeName({ column, targetForm, leaf }: Place): string {
  return `${column} ${targetForm} ${leaf}`;
}

/** The archive's rows of one table, in a temporary table of the connection that loaded them. */
export interface ArchivedRows {
  readonly table: CredentialTable;
  /** Quoted and qualified. */
  readonly sql: string;
  readonly rows: number;
  readonly values: number;
}

/** Encrypts the credentials of archived rows; its owner disposes it when the rows are no longer needed. */
export function ephemeralKey(): Secret {
  return new Secret(randomBytes(32));
}

export interface LoadedArchive {
  readonly rows: readonly ArchivedRows[];
  /** Credentials of tables without a key: nothing identifies the row of each, so they are not loaded. */
  readonly unkeyed: number;
}

/**
 * Loads an archive to its end, in batches. Throws what reading it throws, and `archive-unreadable` if it lists a row twice or a
 * credential that its header does not list.
 */
export async function loadArchive(
  client: Client,
  reading: ArchiveReading,
  tables: readonly CredentialTable[],
  key: Secret,
  { onValues, signal }: { onValues?: (done: number) => void; signal?: AbortSignal | undefined } = {},
): Promise<LoadedArchive> {
  const source = new Grouped(reading.entries, (done) => {
    signal?.throwIfAborted();
    onValues?.(done);
  });
  const loaded: ArchivedRows[] = [];
  let unkeyed = 0;
  for (const [number, table] of tables.entries()) {
    if (table.target.identity.kind === 'place') {
      unkeyed += await skip(source, table);
      continue;
    }
    const sql = `pg_temp.archived_${number}`;
    const keys = table.target.identity.columns.map((_, i) => `k${i}`);
    const fields = [...keys.map((name) => `${name} pg_catalog.text`), 'packed pg_catalog.bytea'];
    await client.query(`CREATE TEMPORARY TABLE archived_${number} (${fields.join(', ')})`).catch(refused);
    const counts = { rows: 0, values: 0 };
    await copyInto(client, sql, packRows(source, table, key, counts));
    await client.query(`ALTER TABLE ${sql} ADD PRIMARY KEY (${keys.join(', ')})`).catch((error: unknown) => {
      if ((error as { code?: string }).code === '23505') throw malformed('it lists a row twice');
      throw refused(error);
    });
    await client.query(`ANALYZE ${sql}`);
    loaded.push({ table, sql, ...counts });
  }
  if (await source.peek()) throw malformed('it contains a credential that its header does not list');
  return { rows: loaded, unkeyed };
}

function refused(error: unknown): never {
  const failure = fromDriverError(error, 'loading the archive into a temporary table');
  if (failure.code !== 'privilege-missing') throw failure;
  const remedy = 'grant the role TEMPORARY on the database: archives are compared in temporary tables';
  throw new KeelError(failure.code, `${failure.message}; nothing was changed`, remedy, { cause: error });
}

/** `t` and the archived row (by its alias) are the same row: the same key, as text. */
export function sameKey({ target }: CredentialTable, alias: string): string {
  return keyExpressions(target)
    .map((key, i) => `${key} = ${alias}.k${i}`)
    .join(' AND ');
}

/** The credentials of an archive, each of which can be peeked at before it is taken. */
class Grouped {
  readonly #entries: AsyncIterator<ArchivedValue>;
  readonly #onValue: (done: number) => void;
  #next: ArchivedValue | undefined;
  #done = 0;

  constructor(entries: AsyncIterator<ArchivedValue>, onValue: (done: number) => void) {
    this.#entries = entries;
    this.#onValue = onValue;
  }

  async peek(): Promise<ArchivedValue | undefined> {
    if (!this.#next) this.#next = (await this.#entries.next()).value;
    return this.#next;
  }

  take(): void {
    this.#next = undefined;
    this.#onValue(++this.#done);
  }
}

/** Skips a table's credentials; returns their number. */
async function skip(source: Grouped, { target }: CredentialTable): Promise<number> {
  const names = new Set(
    target.columns.flatMap(({ forms }) => forms.map(({ entry }) => targetFormName(entry))),
  );
  let count = 0;
  for (
    let value = await source.peek();
    value && names.has(targetFormName(value));
    value = await source.peek()
  ) {
    value.secret.fill(0);
    count++;
    source.take();
  }
  return count;
}

async function* packRows(
  source: Grouped,
  { target }: CredentialTable,
  key: Secret,
  counts: { rows: number; values: number },
): AsyncGenerator<Buffer[][]> {
  const places = new Map(
    target.columns.flatMap(({ forms }, column) =>
      forms.map(({ entry }, targetForm): [string, [number, number]] => [
        targetFormName(entry),
        [column, targetForm],
      ]),
    ),
  );
  const names = target.identity.columns.map(({ name }) => name);
  const waiting = new WaitingRows(key);
  try {
    for (let value = await source.peek(); value; value = await source.peek()) {
      const [column, targetForm] = places.get(targetFormName(value)) ?? [];
      if (column === undefined || targetForm === undefined) break;
      const texts = names.map((name) => value.key[name]);
      if (texts.some((text) => text === undefined)) throw malformed('one of its rows lacks its key');
      const id = JSON.stringify(texts);
      if (!waiting.isIn(id)) {
        if (waiting.full) yield waiting.pack();
        waiting.begin(id, texts as string[]);
        counts.rows++;
      }
      waiting.add({ column, targetForm, leaf: value.leaf ?? '' }, value.secret);
      counts.values++;
      source.take();
    }
    yield waiting.pack();
  } finally {
    waiting.wipe();
  }
}

/**
 * Rows whose credentials wait in plain text to be encrypted together: one by one, their ciphers would take longer than the
 * comparison.
 */
class WaitingRows {
  readonly #key: Secret;
  #id: string | undefined;
  #rows: { readonly key: Buffer[]; readonly places: Place[] }[] = [];
  #secrets: Buffer[] = [];
  #bytes = 0;

  constructor(key: Secret) {
    this.#key = key;
  }

  get full(): boolean {
    return this.#rows.length >= batchRows || this.#bytes >= batchBytes;
  }

  /** Whether a credential belongs to the row that was started last. */
  isIn(id: string): boolean {
    return this.#id === id;
  }

  begin(id: string, key: readonly string[]): void {
    this.#id = id;
    this.#rows.push({ key: key.map((text) => Buffer.from(text, 'utf8')), places: [] });
  }

  /** Takes the credential over. */
  add(place: Place, secret: Buffer): void {
    this.#rows.at(-1)?.places.push(place);
    this.#secrets.push(secret);
    this.#bytes += secret.length;
  }

  /** Encrypts what waits, and wipes it; one row each, as the temporary table stores it. */
  pack(): Buffer[][] {
    const sealed = sealBatch(this.#key.bytes, segment, this.#secrets);
    let next = 0;
    const packed = this.#rows.map(({ key, places }) => [
      ...key,
      Buffer.concat(places.flatMap((place) => pack(place, sealed[next++] as Buffer))),
    ]);
    this.wipe();
    return packed;
  }

  wipe(): void {
    for (const secret of this.#secrets) secret.fill(0);
    this.#rows = [];
    this.#secrets = [];
    this.#bytes = 0;
  }
}

function pack({ column, targetForm, leaf }: Place, sealed: Buffer): Buffer[] {
  const head = Buffer.alloc(headLength);
  head.writeUInt16BE(column, 0);
  head.writeUInt16BE(targetForm, 2);
  const leafBytes = Buffer.from(leaf, 'utf8');
  head.writeUInt32BE(leafBytes.length, 4);
  head.writeUInt32BE(sealed.length, 8);
  return [head, leafBytes, sealed];
}

/** An archived credential of a row, still encrypted. */
export interface PackedValue extends Place {
  readonly sealed: Buffer;
}

/** Unpacks a row's credentials. */
export function unpack(packed: Buffer): PackedValue[] {
  const values: PackedValue[] = [];
  for (let at = 0; at < packed.length; ) {
    const leafFrom = at + headLength;
    const sealedFrom = leafFrom + packed.readUInt32BE(at + 4);
    const end = sealedFrom + packed.readUInt32BE(at + 8);
    values.push({
      column: packed.readUInt16BE(at),
      targetForm: packed.readUInt16BE(at + 2),
      leaf: packed.toString('utf8', leafFrom, sealedFrom),
      sealed: packed.subarray(sealedFrom, end),
    });
    at = end;
  }
  return values;
}

/** Decrypts packed credentials, in order. The caller wipes the storage. */
export function openPacked(values: readonly PackedValue[], key: Secret): OpenedBatch {
  return decryptBatch(
    key.bytes,
    segment,
    values.map(({ sealed }) => ({ iv: sealed.subarray(0, ivLength), body: sealed.subarray(ivLength) })),
  );
}

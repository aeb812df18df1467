import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Client } from 'pg';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import { blockLength } from '#crypto/aes-ecb';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { IvProof } from '#environments/iv-proofs';
import { KeelError } from '#errors/keel-error';
import { judgeCells } from '#evidence/judge-cells';
import { innerSecret } from '#forms/plaintext';
import { findValues } from '#forms/row-values';
import { readCatalog } from '#postgres/catalog';
import { streamRows } from '#postgres/row-stream';
import { readExpression, resolveInventory, type TableTarget } from '#postgres/table-target';
import { namesPlace } from '#shared/names-place';

/*
 * Where beginnings tell nothing, one value that the admin knows does: a wrong place for the IV changes the first 16 bytes of every value and
 * nothing else.
 */

/** A value that is in a column, as the admin knows it. */
export interface KnownValue {
  /** `table.column`, optionally with the schema in front and a path behind. */
  readonly name: string;
  /** UTF-8; the caller's, who wipes it. */
  readonly value: Uint8Array;
}

/** `whole`: a value of the column is this one; `beginning-lost`: from its 17th byte on only; `not-found`: none is. */
export type KnownValueOutcome = 'whole' | 'beginning-lost' | 'not-found';

/** Bytes after the first block that have to agree before anything is said of it. */
const leastRest = 6;

/**
 * Looks for the known value among the decrypted ones of an entry. Reads every row of its table, and compares in a time that does not
 * depend on the bytes.
 */
export async function compareKnownValue(
  client: Client,
  key: EncryptionKey,
  entry: EncryptedColumn,
  value: Uint8Array,
  signal?: AbortSignal,
): Promise<KnownValueOutcome> {
  const tables = resolveInventory({ version: 2, columns: [entry] }, await readCatalog(client));
  const isSame = comparing();
  const rest = value.subarray(blockLength);
  const isLong = rest.length >= leastRest;
  let outcome: KnownValueOutcome = 'not-found';
  for (const target of tables) {
    for await (const rows of streamRows(client, selectCells(target))) {
      signal?.throwIfAborted();
      using secrets = await decrypt(target, key, rows);
      for (const secret of secrets.all) {
        if (isSame(secret, value)) outcome = 'whole';
        else if (outcome === 'not-found' && isLong) {
          const isCut = isSame(secret, rest);
          const isSpoilt = secret.length === value.length && isSame(secret.subarray(blockLength), rest);
          if (isCut || isSpoilt) outcome = 'beginning-lost';
        }
      }
    }
  }
  return outcome;
}

/** The proof that a known value gives. Throws `usage` for a name that means no entry, and `known-value-missing`. */
export async function proveByKnownValue(
  client: Client,
  key: EncryptionKey,
  inventory: Inventory,
  { name, value }: KnownValue,
  signal?: AbortSignal,
): Promise<IvProof> {
  const entries = entriesNamed(inventory, name);
  for (const entry of entries) {
    const shows = await compareKnownValue(client, key, entry, value, signal);
    if (shows === 'not-found') continue;
    const at = new Date().toISOString();
    return { entry, fingerprint: key.fingerprint, at, by: 'known-value', shows };
  }
  throw new KeelError(
    'known-value-missing',
    `no value of ${name} encrypted with key ${key.fingerprint} matches the known value, in full or from its 17th byte on; nothing was changed`,
    'check the value and the column: the value has to be the complete current secret of one row',
  );
}

/** The entries that a name means; of a document those of all its paths, unless one is named. */
function entriesNamed({ columns }: Inventory, name: string): EncryptedColumn[] {
  const named = columns.filter(
    (entry) =>
      namesPlace([name], entry) ||
      (entry.path !== undefined &&
        name.endsWith(` ${entry.path}`) &&
        namesPlace([name.slice(0, -entry.path.length - 1)], entry)),
  );
  if (named.length > 0 && name.includes('.')) return named;
  throw new KeelError(
    'usage',
    `no encrypted column matches \`${name}\`; nothing was changed`,
    'write it as TABLE.COLUMN, optionally preceded by the schema, spelled as in the inventory',
  );
}

interface Decrypted extends Disposable {
  readonly all: readonly Uint8Array[];
}

async function decrypt(
  target: TableTarget,
  key: EncryptionKey,
  rows: readonly (readonly (Buffer | null)[])[],
): Promise<Decrypted> {
  const values = rows.flatMap((row) => findValues(target.columns, row));
  const all: Uint8Array[] = [];
  const wiped: { [Symbol.dispose](): void }[] = [];
  for (const [index, { forms }] of target.columns.entries()) {
    for (const [number, { layout }] of forms.entries()) {
      const here = values.filter(({ column, form }) => column === index && form === number);
      const judged = await judgeCells(
        layout,
        key,
        here.map(({ ciphertext }) => ciphertext),
      );
      wiped.push(judged);
      for (const cell of judged.cells) {
        const secret = cell && innerSecret(layout, cell.plaintext);
        if (secret) all.push(secret);
      }
    }
  }
  return {
    all,
    [Symbol.dispose]() {
      for (const secret of all) secret.fill(0);
      for (const batch of wiped) batch[Symbol.dispose]();
    },
  };
}

/** Compares digests under a key that nobody knows, so that lengths do not show either. */
function comparing(): (one: Uint8Array, other: Uint8Array) => boolean {
  const mark = randomBytes(32);
  const digest = (bytes: Uint8Array) => createHmac('sha256', mark).update(bytes).digest();
  return (one, other) => timingSafeEqual(digest(one), digest(other));
}

function selectCells(table: TableTarget): string {
  const cells = table.columns.map((column) => readExpression('t', column));
  return `SELECT ${cells.join(', ')} FROM ${table.sql} AS t`;
}

import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { KeelFolder, type KeelRun } from '../processes/keel-process.ts';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.ts';
import {
  countReadable,
  everyBitOf,
  fillerOf,
  type WrittenForm,
  type WrittenTable,
  writeTable,
} from './written-table.ts';

/** A form that every Keel understands: it makes the key proven, and the inventory never empty. */
const anchor: WrittenForm = { columns: { secret: '«iv+body:base64»' }, rows: 24 };

export interface WrittenDatabase extends TestDatabase {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly tables: readonly WrittenTable[];
}

/** Tables by their names, and one in a well understood form. */
export async function createWrittenDatabase(
  forms: Readonly<Record<string, WrittenForm>>,
): Promise<WrittenDatabase> {
  const database = await createTestDatabase();
  const [from, to] = [randomBytes(32), randomBytes(32)];
  const tables: WrittenTable[] = [];
  for (const [name, form] of Object.entries({ anchor, ...forms })) {
    const table = await writeTable(database.client, name, form, from);
    const readable = await countReadable(database.client, table, from);
    if (readable < table.rows.length) throw new Error(`a form that its own application cannot read: ${name}`);
    tables.push(table);
  }
  await database.client.query('ANALYZE');
  return { ...database, from, to, tables };
}

export interface Attempt {
  readonly found: KeelRun;
  readonly rotated: KeelRun;
  /** What a refusal says; undefined where the rotation was carried out. */
  readonly refusal: string | undefined;
}

interface AttemptOptions {
  /** Discovers without the key. */
  readonly byLooks?: boolean;
  readonly more?: readonly string[];
}

/** Discovers and rotates what is found, by the built command line. The test itself is connected. */
export async function discoverAndRotate(database: Keys, options: AttemptOptions = {}): Promise<Attempt> {
  await using folder = await KeelFolder.create();
  return await discoverAndRotateIn(folder, database, options);
}

type Keys = Pick<WrittenDatabase, 'url' | 'from' | 'to'>;

/** The same with a KEEL_HOME that stays. */
export async function discoverAndRotateIn(
  folder: KeelFolder,
  { url, from, to }: Keys,
  { byLooks = false, more = [] }: AttemptOptions = {},
): Promise<Attempt> {
  const fromFile = await folder.file('from.key', `${from.toString('base64')}\n`);
  const toFile = await folder.file('to.key', `${to.toString('base64')}\n`);
  const target = ['--database', url, '--json'];
  const inventory = `${folder.path}/inventory.json`;
  const key = byLooks ? [] : ['--key-file', fromFile];
  const found = await folder.run(['discover', ...target, ...key, '--out', inventory]);
  const keys = ['--from-key-file', fromFile, '--to-key-file', toFile, '--keep-keys-in', 'own-files'];
  const consent = ['--yes', '--accept', 'other-sessions', ...more];
  const rotated = await folder.run(['rotate', ...target, '--inventory', inventory, ...keys, ...consent]);
  const refusal = rotated.status === 0 ? undefined : wordsOf(rotated.json ?? found.json) || rotated.stderr;
  return { found, rotated, refusal };
}

function wordsOf(json: { error?: { message?: string; remedy?: string } } | undefined): string {
  return [json?.error?.message, json?.error?.remedy].filter(Boolean).join('; ');
}

/** A column of this table is named, as Keel names columns everywhere; not just any that is called alike. */
export function isNamed(table: string, columns: readonly string[], text: string): boolean {
  return columns.some((column) => text.includes(`${table}.${column}`));
}

/** `falls short` is what must never be: values lost, left under the old key, or refused without a name. */
export type Verdict = 'rotated' | 'refused' | 'falls short';

export interface Outcome {
  readonly verdict: Verdict;
  readonly why: string;
}

/** The whole story of one form in a database of its own. `names` tells a refusal that does not speak of a column of the table. */
export async function outcomeOf(
  form: WrittenForm,
  { table = 'vault', names }: { readonly table?: string; readonly names?: RegExp } = {},
): Promise<Outcome> {
  await using database = await createWrittenDatabase({ [table]: form });
  const before = await stateOf(database);
  const attempt = await discoverAndRotate(database);
  const isReported = (text: string) =>
    names ? names.test(text) : isNamed(table, Object.keys(form.columns), text);
  return await judge(database, before, attempt, isReported);
}

/** Every bit of each table. */
export async function bitsOf(
  client: pg.Client,
  tables: readonly { readonly name: string }[],
): Promise<readonly string[]> {
  const bits: string[] = [];
  for (const table of tables) bits.push(await everyBitOf(client, table));
  return bits;
}

export interface DatabaseState {
  readonly bits: readonly string[];
  readonly fillers: readonly string[];
}

export async function stateOf({ client, tables }: WrittenDatabase): Promise<DatabaseState> {
  const fillers: string[] = [];
  for (const table of tables) fillers.push(await fillerOf(client, table));
  return { bits: await bitsOf(client, tables), fillers };
}

/** Whether every value is under the new key, or the rotation was refused, told why, and changed nothing. */
export async function judge(
  database: WrittenDatabase,
  before: DatabaseState,
  { refusal, rotated }: Attempt,
  isReported: (text: string) => boolean,
): Promise<Outcome> {
  const after = await stateOf(database);
  const counts: string[] = [];
  let isWhole = after.fillers.every((filler, n) => filler === before.fillers[n]);
  if (!isWhole) counts.push('other rows changed');
  for (const table of database.tables) {
    const rows = table.rows.length;
    const underNew = await countReadable(database.client, table, database.to);
    const underOld = await countReadable(database.client, table, database.from);
    const plain = table.rows.filter(({ plaintexts }) => plaintexts.length === 0).length;
    if (underNew < rows) isWhole = false;
    const lost = rows + plain - underNew - underOld;
    counts.push(
      `${table.name}: ${underNew - plain} new, ${underOld - plain} old, ${lost} lost of ${rows - plain}`,
    );
  }
  const why = `exit ${rotated.status}; ${counts.join('; ')}; ${refusal ?? ''}`;
  if (refusal === undefined) return { verdict: isWhole ? 'rotated' : 'falls short', why };
  const isUntouched = after.bits.every((bits, n) => bits === before.bits[n]);
  return { verdict: isUntouched && isReported(refusal) ? 'refused' : 'falls short', why };
}

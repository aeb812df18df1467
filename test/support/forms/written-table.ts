import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  type ApplicationCipher,
  assertMac,
  macOf,
  open,
  plainCfb,
  seal,
  type Sealed,
} from './application-cipher.ts';
import { plaintextOf } from './written-plaintexts.ts';
import { atomsOf, fill, lengthOf, readAtoms, type Template, valueOf } from './written-template.ts';

interface WrittenColumn {
  readonly type: string;
  /** By the number of the row; null is NULL. */
  readonly text: Template | ((i: number) => Template | null);
  /** A bytea that holds text. */
  readonly bytesOfText?: boolean;
}

/** How an application writes its secrets into the rows of a table. A column that is given as a template alone is of type text. */
export interface WrittenForm {
  readonly columns: Readonly<Record<string, Template | WrittenColumn>>;
  readonly cipher?: ApplicationCipher;
  /** Where the application takes an IV from that is in no cell. */
  readonly ivOf?: (id: string, key: Buffer) => Buffer;
  readonly plaintext?: (i: number) => string;
  readonly rows?: number;
  readonly idType?: 'uuid';
  /** Statements before the table is made; `%` is its name. */
  readonly before?: string;
  /** Plaintext stands among the ciphertexts, which the admin says by name. */
  readonly mixedWith?: 'plaintext';
  /** Statements that put rows with ids below 0 in front of the others. */
  readonly filler?: string;
}

interface WrittenRow {
  readonly id: string;
  readonly i: number;
  readonly plaintexts: readonly string[];
  /** What is in the row and no part of a value, by column and atom. */
  readonly noise: ReadonlyMap<string, Buffer>;
}

/** A table as its application wrote it. `name` may be qualified; it is used as it is. */
export interface WrittenTable {
  readonly name: string;
  readonly form: WrittenForm;
  readonly rows: readonly WrittenRow[];
}

const columnOf = (column: Template | WrittenColumn): WrittenColumn =>
  typeof column === 'string' ? { type: 'text', text: column } : column;
const columnsOf = ({ columns }: WrittenForm) =>
  Object.entries(columns).map(([name, column]) => ({ name, ...columnOf(column) }));
const templateOf = ({ text }: WrittenColumn, i: number) => (typeof text === 'string' ? text : text(i));

export async function writeTable(
  client: pg.Client,
  name: string,
  form: WrittenForm,
  key: Buffer,
): Promise<WrittenTable> {
  const columns = columnsOf(form);
  const definitions = columns.map((column) => `"${column.name}" ${column.type}`);
  if (form.before) await client.query(form.before.replaceAll('%', name));
  await client.query(
    `CREATE TABLE ${name} (id ${form.idType ?? 'int'} PRIMARY KEY, ${definitions.join(', ')})`,
  );
  if (form.filler) await client.query(form.filler.replaceAll('%', name));
  const rows: WrittenRow[] = [];
  const cells: unknown[][] = [];
  for (let i = 0; i < (form.rows ?? 30); i++) {
    const { row, texts } = writeRow(form, i, key);
    rows.push(row);
    cells.push([row.id, ...texts]);
  }
  const casts = columns.map(({ type, bytesOfText }, n) =>
    bytesOfText ? `convert_to($${n + 2}, 'UTF8')` : `$${n + 2}::${type}`,
  );
  for (const values of cells)
    await client.query(`INSERT INTO ${name} VALUES ($1, ${casts.join(', ')})`, values);
  return { name, form, rows };
}

function writeRow(form: WrittenForm, i: number, key: Buffer): { row: WrittenRow; texts: (string | null)[] } {
  const id = form.idType === 'uuid' ? randomUUID() : String(i);
  const templates = columnsOf(form).map((column) => ({
    column: column.name,
    template: templateOf(column, i),
  }));
  const bodies = templates.flatMap(({ template }) =>
    atomsOf(template ?? '').filter((atom) => atom.startsWith('body')),
  );
  const plaintexts = [...new Set(bodies)].map((atom) =>
    (form.plaintext ?? plaintextOf)(i + 1000 * (valueOf(atom) - 1)),
  );
  const values: Sealed[] = [];
  for (const [n, plaintext] of plaintexts.entries()) {
    const ivs = templates.flatMap(({ template }) =>
      atomsOf(template ?? '').filter((atom) => atom.startsWith('iv')),
    );
    const isShared = n > 0 && !ivs.some((atom) => valueOf(atom) === n + 1);
    const iv = form.ivOf?.(id, key) ?? (isShared ? (values[0] as Sealed).iv : randomBytes(16));
    values.push(seal(plaintext, key, form.cipher, iv));
  }
  const noise = new Map<string, Buffer>();
  const texts = templates.map(({ column, template }) => {
    if (template === null) return null;
    return fill(template, i, (atom) => {
      const value = values[valueOf(atom) - 1] as Sealed;
      if (atom.startsWith('iv')) return value.iv;
      if (atom.startsWith('body')) return value.body;
      if (atom.startsWith('mac')) return macOf(value, key);
      const bytes = randomBytes(lengthOf(atom) ?? 0);
      noise.set(`${column} ${atom}`, bytes);
      return bytes;
    });
  });
  return { row: { id, i, plaintexts, noise }, texts };
}

/** How many rows the application reads as they were written under the key. */
export async function countReadable(client: pg.Client, table: WrittenTable, key: Buffer): Promise<number> {
  const columns = columnsOf(table.form);
  const reads = columns.map(({ name, bytesOfText }) =>
    bytesOfText ? `convert_from("${name}", 'UTF8')` : `"${name}"::text`,
  );
  const { rows } = await client.query({
    text: `SELECT id::text, ${reads.join(', ')} FROM ${table.name} WHERE id::text = ANY ($1)`,
    values: [table.rows.map(({ id }) => id)],
    rowMode: 'array',
  });
  const byId = new Map((rows as (string | null)[][]).map(([id, ...texts]) => [id, texts]));
  return table.rows.filter((row) => {
    const texts = byId.get(row.id);
    try {
      if (texts) assertReads(table.form, row, texts, key);
      return texts !== undefined;
    } catch {
      return false;
    }
  }).length;
}

function assertReads(
  form: WrittenForm,
  row: WrittenRow,
  texts: readonly (string | null)[],
  key: Buffer,
): void {
  const atoms = new Map<string, Buffer>();
  for (const [n, column] of columnsOf(form).entries()) {
    const template = templateOf(column, row.i);
    const text = texts[n] as string | null;
    if (template === null || text === null) {
      if (template !== text) throw new Error('NULL and not NULL');
      continue;
    }
    for (const [atom, bytes] of readAtoms(template, row.i, text)) {
      if (row.noise.get(`${column.name} ${atom}`)?.equals(bytes) === false)
        throw new Error('what is no secret changed');
      atoms.set(atom, bytes);
    }
  }
  const bytesOf = (role: string, n: number) =>
    atoms.get(`${role}#${n}`) ?? (n === 1 ? atoms.get(role) : undefined);
  for (const [at, plaintext] of row.plaintexts.entries()) {
    const iv = form.ivOf?.(row.id, key) ?? bytesOf('iv', at + 1) ?? bytesOf('iv', 1);
    const sealed = { iv: iv as Buffer, body: bytesOf('body', at + 1) as Buffer };
    if (open(sealed, key, form.cipher ?? plainCfb) !== plaintext) throw new Error('another plaintext');
    const mac = bytesOf('mac', at + 1);
    if (mac) assertMac(mac, sealed, key);
  }
}

/** The same as long as no row was written again. */
export async function everyBitOf(client: pg.Client, { name }: { readonly name: string }): Promise<string> {
  const row = `x.ctid::text || x.xmin::text || x::text`;
  const { rows } = await client.query(
    `SELECT md5(string_agg(md5(${row}), '' ORDER BY x.ctid)) AS bits FROM ${name} AS x`,
  );
  return String(rows[0].bits);
}

/** What the rows in front hold. */
export async function fillerOf(client: pg.Client, { name, form }: WrittenTable): Promise<string> {
  if (!form.filler) return '';
  const row = `md5(x::text)`;
  const { rows } = await client.query(
    `SELECT md5(string_agg(${row}, '' ORDER BY ${row})) AS d FROM ${name} AS x WHERE id < 0`,
  );
  return String(rows[0].d);
}

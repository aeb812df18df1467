import type { TestDatabase } from '../postgres/test-database.ts';
import { allVectors, holdsNothing, readByOthers, type Vector } from './vectors.ts';

/** Options that name the database, and ask for JSON. */
export const target = (database: TestDatabase) => ['--database', database.url, '--json'];
/** Options that agree; the test itself is connected. */
export const consent = ['--yes', '--accept', 'other-sessions'];

/** Vectors of an application that are under one key and in one form. */
export function vectorsOf(application: string): Vector[] {
  const all = allVectors().filter((vector) => vector.application === application && !holdsNothing(vector));
  return all.filter(({ key, scheme }) => key === all[0]?.key && scheme === all[0]?.scheme);
}

/** A table as the application might have it: its ciphertexts, and columns and rows that are none of them. */
export async function fill(database: TestDatabase, vectors: readonly Vector[]): Promise<void> {
  const { ciphertext, type } = vectors[0] as Vector;
  const texts = typeof ciphertext === 'string' ? { secret: ciphertext } : ciphertext;
  const isDocument = typeof ciphertext === 'string' && ciphertext.startsWith('{');
  const columns = Object.entries(texts).map(
    ([name, text]) =>
      `"${name}" ${type ?? (text?.startsWith('\\x') ? 'bytea' : isDocument ? 'jsonb' : 'text')}`,
  );
  await database.client.query(
    `CREATE TABLE store (id int PRIMARY KEY, note text, ${columns.join(', ')}, made timestamptz DEFAULT now());
     CREATE TABLE other (id int PRIMARY KEY, words text);
     INSERT INTO other SELECT i, 'nothing secret, number ' || i FROM generate_series(1, 20) i`,
  );
  for (let i = 0; i < 3 * vectors.length; i++) {
    const vector = vectors[i % vectors.length] as Vector;
    const values =
      typeof vector.ciphertext === 'string' ? [vector.ciphertext] : Object.values(vector.ciphertext);
    const places = values.map((_, place) => `$${place + 3}`);
    await database.client.query(`INSERT INTO store VALUES ($1, $2, ${places.join(', ')})`, [
      i,
      `row ${i}`,
      ...values,
    ]);
  }
}

/** A row of that table, without its ciphertexts in `around`. */
export interface Row {
  readonly id: number;
  readonly around: string;
  readonly ciphertext: Vector['ciphertext'];
}

export async function readRows({ client }: TestDatabase): Promise<Row[]> {
  const { rows } = await client.query('SELECT * FROM store ORDER BY id');
  return rows.map(({ id, note, made, ...cells }) => {
    const texts = Object.fromEntries(
      Object.entries(cells).map(([name, cell]) => {
        if (Buffer.isBuffer(cell)) return [name, `\\x${cell.toString('hex')}`];
        return [name, typeof cell === 'string' ? cell : JSON.stringify(cell)];
      }),
    );
    const ciphertext = 'secret' in texts ? (texts['secret'] as string) : texts;
    return { id, around: `${note} ${made.toISOString()}`, ciphertext };
  });
}

export type Leaves = (readonly [place: string, ciphertext: string])[];

/** The strings of all documents, with where they stand. */
export function leavesOf(rows: readonly Row[]): Leaves {
  const leaves: Leaves = [];
  const walk = (place: string, value: unknown) => {
    if (typeof value === 'string') leaves.push([place, value]);
    else for (const [name, one] of Object.entries(value ?? {})) walk(`${place} ${name}`, one);
  };
  for (const { id, ciphertext } of rows) walk(String(id), JSON.parse(ciphertext as string));
  return leaves;
}

/** What others read of every row, as text. */
export function plaintexts(
  rows: readonly Row[],
  { application, scheme }: Vector,
  key: string,
): (string | null)[] {
  return readByOthers(rows.map(({ ciphertext }) => ({ application, scheme, ciphertext, key }))).map((hex) =>
    hex === null ? null : Buffer.from(hex, 'hex').toString('utf8'),
  );
}

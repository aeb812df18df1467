import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { type ApplicationCipher, plainCfb, seal } from '../forms/application-cipher.ts';

/** How an application writes its secrets where an IV is in no cell of the row, or a ciphertext in more than one cell. */
export interface DistantIv {
  readonly name: string;
  /** The tables that a refusal has to name one of, with their columns of ciphertexts. `%` stands for the form's own name. */
  readonly tables: string;
  readonly columns: readonly string[];
  readonly write: (insert: Insert, sealed: readonly Sealed[]) => Promise<void>;
  readonly cipher?: ApplicationCipher;
  /** Of all values the same one. */
  readonly sharedIv?: () => Buffer;
  /** The IV of a value from those before it. */
  readonly ivAfter?: (before: readonly Sealed[], i: number) => Buffer;
}

export interface Sealed {
  readonly iv: Buffer;
  readonly body: Buffer;
}

export type Insert = (table: string, rows: readonly (readonly unknown[])[]) => Promise<void>;

/** Random tokens: their beginnings tell nothing. */
export const token = () => randomBytes(30).toString('base64url');

const join = ({ iv, body }: Sealed) => Buffer.concat([iv, body]);
const cutBytes = (at: number) => (one: Sealed, i: number) => {
  const all = join(one);
  return [i, all.subarray(0, at).toString('base64'), all.subarray(at).toString('base64')];
};
const cutText = (at: number) => (one: Sealed, i: number) => {
  const text = join(one).toString('base64');
  return [i, text.slice(0, at), text.slice(at)];
};
const inTwoColumns = '% (id int PRIMARY KEY, head text, rest text)';
const own = createHash('sha256').update(randomBytes(32)).digest();
const shuffled = <T>(all: readonly T[]) => [...all].sort(() => Math.random() - 0.5);

export const distantIvs: readonly DistantIv[] = [
  {
    name: 'in a table of its own, by a foreign key',
    tables: '% (id int PRIMARY KEY, secret text); %_v (secret_id int REFERENCES %, v text)',
    columns: ['secret'],
    write: async (insert, all) => {
      await insert(
        '%',
        all.map(({ body }, i) => [i, body.toString('base64')]),
      );
      await insert('%_v', shuffled(all.map(({ iv }, i) => [i, iv.toString('hex')])));
    },
  },
  {
    name: 'in a bytea of another table, of CFB8',
    cipher: { ...plainCfb, algorithm: 'aes-256-cfb8' },
    tables: '% (id int PRIMARY KEY, secret bytea); %_v (n int, v bytea)',
    columns: ['secret'],
    write: async (insert, all) => {
      await insert(
        '%',
        all.map(({ body }, i) => [i, body]),
      );
      await insert('%_v', shuffled(all.map(({ iv }, i) => [i, iv])));
    },
  },
  {
    name: 'in another row of the same table, by the name of an attribute',
    tables: '% (entity int, name text, value text)',
    columns: ['value'],
    write: (insert, all) =>
      insert(
        '%',
        shuffled(
          all.flatMap(({ iv, body }, i) => [
            [i, 'host', `db-${i}.internal`],
            [i, 'port', String(5000 + i)],
            [i, 'token', body.toString('base64')],
            [i, 'token_iv', iv.toString('base64')],
          ]),
        ),
      ),
  },
  {
    name: 'the name of a member of a document, in few rows',
    tables: '% (id int PRIMARY KEY, doc jsonb)',
    columns: ['doc'],
    write: (insert, all) =>
      insert(
        '%',
        all
          .slice(0, 12)
          .map(({ iv, body }, i) => [i, JSON.stringify({ [iv.toString('hex')]: body.toString('base64') })]),
      ),
  },
  {
    name: 'the name of a member of a document, in many rows',
    tables: '% (id int PRIMARY KEY, doc json)',
    columns: ['doc'],
    write: (insert, all) =>
      insert(
        '%',
        all.map(({ iv, body }, i) => [
          i,
          JSON.stringify({ [iv.toString('base64')]: body.toString('base64') }),
        ]),
      ),
  },
  {
    name: 'in the row before',
    tables: '% (id int PRIMARY KEY, secret text, x text)',
    columns: ['secret'],
    write: (insert, all) =>
      insert(
        '%',
        all.map(({ body }, i) => [
          i,
          body.toString('base64'),
          (all[i + 1] ?? { iv: randomBytes(16) }).iv.toString('hex'),
        ]),
      ),
  },
  {
    name: 'the last block of the value in the row before',
    ivAfter: (before) => before.at(-1)?.body.subarray(-16) ?? randomBytes(16),
    tables: '% (id int PRIMARY KEY, secret text)',
    columns: ['secret'],
    write: (insert, all) =>
      insert(
        '%',
        all.map(({ body }, i) => [i, body.toString('base64')]),
      ),
  },
  {
    name: 'one for each customer, in the table of customers',
    ivAfter: (before, i) => before[i - 8]?.iv ?? randomBytes(16),
    tables: '% (id int PRIMARY KEY, secret text); %_c (id int, name text, settings jsonb)',
    columns: ['secret'],
    write: async (insert, all) => {
      await insert(
        '%',
        all.map(({ body }, i) => [i, body.toString('base64url')]),
      );
      await insert(
        '%_c',
        all.slice(0, 8).map(({ iv }, i) => [i, `c${i}`, JSON.stringify({ n: iv.toString('base64') })]),
      );
    },
  },
  {
    name: 'one for all, in a table of settings',
    sharedIv: () => own.subarray(0, 16),
    tables: '% (id int PRIMARY KEY, secret text); %_s (name text, value text)',
    columns: ['secret'],
    write: async (insert, all) => {
      await insert(
        '%',
        all.map(({ body }, i) => [i, body.toString('hex')]),
      );
      await insert('%_s', [
        ['title', 'Ballast'],
        ['n', own.subarray(0, 16).toString('base64')],
      ]);
    },
  },
  {
    name: 'one for all, nowhere in the database',
    sharedIv: () => own.subarray(16),
    tables: '% (id int PRIMARY KEY, secret text)',
    columns: ['secret'],
    write: (insert, all) =>
      insert(
        '%',
        all.map(({ body }, i) => [i, body.toString('base64')]),
      ),
  },
  ...[32, 40].map((at) => ({
    name: `first in one column, with the ciphertext going on in another after ${at} bytes`,
    tables: inTwoColumns,
    columns: ['head', 'rest'],
    write: (insert: Insert, all: readonly Sealed[]) => insert('%', all.map(cutBytes(at))),
  })),
  ...[40, 41, 43].map((at) => ({
    name: `in a text that is cut after ${at} characters`,
    tables: inTwoColumns,
    columns: ['head', 'rest'],
    write: (insert: Insert, all: readonly Sealed[]) => insert('%', all.map(cutText(at))),
  })),
  {
    name: 'first in one row, with the ciphertext going on in the next',
    tables: '% (id int, part int, piece bytea)',
    columns: ['piece'],
    write: (insert, all) =>
      insert(
        '%',
        all.flatMap((one, i) => [
          [i, 0, join(one).subarray(0, 32)],
          [i, 1, join(one).subarray(32)],
        ]),
      ),
  },
];

/** A table of a distant IV's form, as it is written under a key. */
export async function writeDistantIv(
  client: pg.Client,
  { tables, write, cipher = plainCfb, sharedIv, ivAfter }: DistantIv,
  { name, key, rows = 40 }: { readonly name: string; readonly key: Buffer; readonly rows?: number },
): Promise<readonly string[]> {
  const definitions = tables.replaceAll('%', name).split('; ');
  for (const definition of definitions) await client.query(`CREATE TABLE ${definition}`);
  const sealed: Sealed[] = [];
  for (let i = 0; i < rows; i++) {
    const iv = sharedIv?.() ?? ivAfter?.(sealed, i) ?? randomBytes(16);
    sealed.push(seal(token(), key, cipher, iv));
  }
  const insert: Insert = async (table, all) => {
    for (const values of all) {
      const places = values.map((_, n) => `$${n + 1}`).join(', ');
      await client.query(`INSERT INTO ${table.replaceAll('%', name)} VALUES (${places})`, [...values]);
    }
  };
  await write(insert, sealed);
  return definitions.map((definition) => definition.split(' ')[0] as string);
}

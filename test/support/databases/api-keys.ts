import { hashSync } from 'bcrypt';
import type pg from 'pg';

/** A key, and its hash as another program would have made it: cheap, since the cost is not the point. */
export interface ForeignKey {
  readonly text: string;
  readonly hash: string;
}

/** Different keys have different beginnings. */
export function foreignKey(n: number, cost = 4): ForeignKey {
  const text = `bk_${`${n}`.padStart(5, '0')}${'k'.repeat(30)}`;
  return { text, hash: hashSync(text, cost) };
}

/** As an application of today makes its tables: ids and times come from the program, so that nothing has a default. */
export const programFilled = `
  CREATE TABLE organization (id uuid PRIMARY KEY, name text NOT NULL);
  CREATE TYPE key_scope AS ENUM ('organization', 'collection:col_1');
  CREATE TABLE api_key (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organization,
    name varchar(60) NOT NULL,
    hashed_key varchar(60) NOT NULL UNIQUE,
    scope key_scope,
    is_active boolean NOT NULL,
    created_at timestamp NOT NULL,
    modified_at timestamp NOT NULL,
    last_used_date timestamp,
    expiration_date timestamp,
    created_by_email text NOT NULL)`;

/** A table whose ids, times and flags the server fills in, with the beginning of each key. */
export const serverFilled = `
  CREATE TABLE api_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text,
    key_prefix text,
    key_hash text NOT NULL,
    scope text,
    is_active boolean DEFAULT true,
    created_at timestamptz DEFAULT now(),
    last_used_at timestamptz,
    expires_at timestamptz)`;

export const serverFilledMapping = {
  schema: 'public',
  table: 'api_keys',
  columns: {
    hash: 'key_hash',
    name: 'name',
    prefix: 'key_prefix',
    scope: 'scope',
    created: 'created_at',
    lastUsed: 'last_used_at',
    expires: 'expires_at',
    active: 'is_active',
  },
};

/** Rows of `serverFilled`. Answers their ids. */
export async function insertKeys(
  client: pg.Client,
  rows: readonly {
    readonly name: string | null;
    readonly hash: string;
    readonly prefix?: string;
    readonly active?: boolean | null;
  }[],
): Promise<string[]> {
  const { rows: made } = await client.query(
    `INSERT INTO api_keys (name, key_hash, key_prefix, is_active)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) RETURNING id::text`,
    [
      rows.map(({ name }) => name),
      rows.map(({ hash }) => hash),
      rows.map(({ prefix }) => prefix ?? null),
      rows.map(({ active }) => (active === undefined ? true : active)),
    ],
  );
  return made.map(({ id }) => id as string);
}

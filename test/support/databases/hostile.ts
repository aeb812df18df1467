import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { expect } from 'vitest';
import { connectPlainly, sharedServerUrl, urlOf } from '../postgres/test-database.ts';
import { prepareVault, type Vault } from './vault.ts';

/**
 * A database of a role without any rights but its own, which owns the encrypted table and waits for a superuser: its code notes whose rights
 * it has, and tries to become superuser by itself and by giving up the role that it runs as.
 */
export async function prepareHostile(hang: (role: string) => string): Promise<Hostile> {
  const role = `hostile_${randomBytes(4).toString('hex')}`;
  const admin = await connectPlainly(sharedServerUrl());
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'p'`);
  const vault = await prepareVault();
  const client = await vault.connect();
  await client.query(`GRANT CREATE, TEMPORARY ON DATABASE ${databaseOf(vault)} TO ${role}; GRANT CREATE ON SCHEMA public TO ${role};
    ALTER TABLE vault OWNER TO ${role}`);
  const ownUrl = urlOf(vault.url, databaseOf(vault), { user: role, password: 'p' });
  const own = await connectPlainly(ownUrl);
  await own.query(`
    CREATE TABLE seen (who text, login text);
    GRANT INSERT ON seen TO PUBLIC;
    CREATE FUNCTION attack() RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO public.seen VALUES (current_user, session_user);
      BEGIN EXECUTE 'ALTER ROLE ${role} SUPERUSER'; EXCEPTION WHEN OTHERS THEN NULL; END;
      BEGIN EXECUTE 'SET ROLE NONE'; EXECUTE 'ALTER ROLE ${role} SUPERUSER'; EXCEPTION WHEN OTHERS THEN NULL; END;
      BEGIN EXECUTE 'RESET SESSION AUTHORIZATION'; EXECUTE 'ALTER ROLE ${role} SUPERUSER'; EXCEPTION WHEN OTHERS THEN NULL; END;
      BEGIN
        EXECUTE 'SET search_path = public, pg_catalog'; EXECUTE 'SET standard_conforming_strings = off';
        EXECUTE 'SET synchronous_commit = off';
        EXECUTE 'CREATE TEMP VIEW pg_class AS SELECT c.*, public.attack() FROM pg_catalog.pg_class c';
      EXCEPTION WHEN OTHERS THEN NULL; END;
    END $$;
    CREATE FUNCTION evil(anyelement) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM public.attack(); RETURN true; END $$;
    CREATE FUNCTION evil_text(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM public.attack(); RETURN $1; END $$;
    CREATE FUNCTION evil_trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.attack(); RETURN new; END $$`);
  await own.query(hang(role));
  await own.query('TRUNCATE seen');
  const spare = async (client: pg.Client) => {
    await client.query(`DROP OWNED BY ${role} CASCADE`);
    await client.end();
  };
  return {
    role,
    vault,
    own,
    ownUrl,
    async assertHarmless() {
      const { rows } = await admin.query('SELECT rolsuper FROM pg_roles WHERE rolname = $1', [role]);
      expect(rows).toEqual([{ rolsuper: false }]);
      const seen = await own.query('SELECT DISTINCT who FROM seen WHERE who <> $1', [role]);
      expect(seen.rows).toEqual([]);
    },
    async ran() {
      return (await own.query('SELECT FROM seen')).rows.length > 0;
    },
    async [Symbol.asyncDispose]() {
      await own.end();
      await spare(client);
      await vault[Symbol.asyncDispose]();
      await admin.query(`DROP ROLE ${role}`);
      await admin.end();
    },
  };
}

export interface Hostile extends AsyncDisposable {
  readonly role: string;
  readonly vault: Vault;
  readonly own: pg.Client;
  /** The database, as the role logs in to it. */
  readonly ownUrl: string;
  assertHarmless(): Promise<void>;
  ran(): Promise<boolean>;
}

function databaseOf({ url }: Vault): string {
  return new URL(url).pathname.slice(1);
}

import { base64 } from '../../support/databases/foreign-database.ts';
import { connectPlainly, urlOf } from '../../support/postgres/test-database.ts';
import type { Acme } from './acme.ts';

/** The places of `plantValues`, as the window names them. */
export const planted = {
  document:
    'webhook_delivery_log_of_the_previous_generation_kept_for_audit.payload_as_it_was_received $.auth.secret',
  text: 'legacy_token.value',
};

/** Ciphertexts under the old key where nobody would look for them: in a document among others, and in an old table. */
export async function plantValues(acme: Acme, key = acme.oldKey): Promise<void> {
  const seal = (n: number) => base64(`{"token": "planted ${n}, long enough to be recognized"}`, key);
  const client = await connectPlainly(acme.url);
  try {
    await client.query(`CREATE TABLE webhook_delivery_log_of_the_previous_generation_kept_for_audit
      (id int PRIMARY KEY, payload_as_it_was_received jsonb)`);
    await client.query(
      `INSERT INTO webhook_delivery_log_of_the_previous_generation_kept_for_audit
       SELECT n, jsonb_build_object('event', 'ping', 'auth', jsonb_build_object('secret', cell))
       FROM unnest($1::text[]) WITH ORDINALITY AS t (cell, n)`,
      [Array.from({ length: 40 }, (_, n) => seal(n))],
    );
    await client.query('CREATE TABLE legacy_token (id int PRIMARY KEY, value text)');
    await client.query(
      'INSERT INTO legacy_token SELECT n, cell FROM unnest($1::text[]) WITH ORDINALITY AS t (cell, n)',
      [Array.from({ length: 30 }, (_, n) => seal(n + 40))],
    );
  } finally {
    await client.end();
  }
}

export interface LimitedRole extends AsyncDisposable {
  readonly user: string;
  readonly password: string;
}

/** A role that may do what a rotation needs, and may not read the table `billing_export` that is made here. */
export async function createLimitedRole(acme: Acme): Promise<LimitedRole> {
  const database = new URL(acme.url).pathname.slice(1);
  const user = `limited_${database.slice(5)}`;
  const owner = await connectPlainly(acme.url);
  try {
    await owner.query('CREATE TABLE billing_export (id int PRIMARY KEY, content text)');
    await owner.query(`CREATE ROLE ${user} LOGIN PASSWORD 'limited'`);
    await owner.query(`GRANT SELECT, UPDATE, DELETE, TRUNCATE ON source_connection TO ${user}`);
    await owner.query(`GRANT CREATE ON DATABASE ${database} TO ${user}`);
  } finally {
    await owner.end();
  }
  return {
    user,
    password: 'limited',
    [Symbol.asyncDispose]: async () => {
      const admin = await connectPlainly(urlOf(acme.url, database));
      await admin.query(`DROP OWNED BY ${user} CASCADE`);
      await admin.query(`DROP ROLE ${user}`);
      await admin.end();
    },
  };
}

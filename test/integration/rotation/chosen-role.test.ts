import { expect, test } from 'vitest';
import { prepareVault } from '#test/support/databases/vault';
import { connectPlainly, sharedServerUrl, urlOf } from '#test/support/postgres/test-database';

test('a role chosen by `options` is honoured: the journal belongs to whoever owns the tables', async () => {
  await using vault = await prepareVault();
  const name = new URL(vault.url).pathname.slice(1);
  const [owner, brief] = [`owner_${name}`, `brief_${name}`];
  const admin = await connectPlainly(sharedServerUrl());
  await admin.query(`CREATE ROLE ${owner}; CREATE ROLE ${brief} LOGIN PASSWORD 'p' IN ROLE ${owner}`);
  await admin.query(`GRANT CREATE, TEMPORARY ON DATABASE ${name} TO ${owner}`);
  const client = await vault.connect();
  await client.query(`ALTER TABLE vault OWNER TO ${owner}`);
  const url = `${urlOf(vault.url, name, { user: brief, password: 'p' })}&options=${encodeURIComponent(`-c role=${owner}`)}`;
  expect(await vault.rotate([], {}, url)).toMatchObject({ status: 0 });
  await client.query(`DROP OWNED BY ${brief}`);
  await admin.query(`DROP ROLE ${brief}`);
  const { rows } = await client.query(
    `SELECT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE oid = 'keel.rotation'::regclass`,
  );
  expect(rows).toEqual([{ owner }]);
  await client.query(`DROP OWNED BY ${owner} CASCADE`);
  await client.end();
  await admin.query(`REVOKE ALL ON DATABASE ${name} FROM ${owner}; DROP ROLE ${owner}`);
  await admin.end();
});

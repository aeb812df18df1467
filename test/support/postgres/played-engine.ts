import type pg from 'pg';

/** Banners as the engines write them; sources in `docs/engines.md`. */
export const banners = {
  postgresql:
    'PostgreSQL 16.2 (Debian 16.2-1.pgdg120+2) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit',
  cockroach: 'CockroachDB CCL v20.1.15 (x86_64-unknown-linux-gnu, built 2021/04/26 16:11:58, go1.13.9)',
  yugabyte:
    'PostgreSQL 11.2-YB-2.20.0.0-b0 on x86_64-pc-linux-gnu, compiled by clang version 16.0.6 (https://github.com/yugabyte/llvm-project.git 1e6329f40e5c531c09ade7015278078682293ebd), 64-bit',
  yugabyteOn15: 'PostgreSQL 15.12-YB-2025.1.0.0-b0',
  greenplum:
    'PostgreSQL 9.4.24 (Greenplum Database 6.0.0 build commit:a2ff2fc318c327d702e66ab58ae4aff34c42296c) on x86_64-unknown-linux-gnu, compiled by gcc (GCC) 6.4.0, 64-bit compiled on Sep  4 2019 01:12:33',
  cloudberry:
    'PostgreSQL 14.4 (Apache Cloudberry 2.0.0-incubating build 1) on aarch64-unknown-linux-gnu, compiled by gcc (GCC) 11.5.0 20240719 (Red Hat 11.5.0-11), 64-bit',
  redshift:
    'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.12103',
  materialize: 'PostgreSQL 9.5 on x86_64-unknown-linux-gnu (Materialize 26.36.0)',
  risingWave: 'PostgreSQL 13.14.0-RisingWave-3.0.2',
  questdb: 'PostgreSQL 12.3, compiled by Visual C++ build 1914, 64-bit, QuestDB',
  cratedb: 'CrateDB 5.2.3',
  redpanda: 'Redpanda SQL 1.2.0 (abc1234)',
  edb: 'PostgreSQL 17.4 (EnterpriseDB Advanced Server 17.4.0) on x86_64-pc-linux-gnu, compiled by gcc (GCC) 11.5.0 20240719 (Red Hat 11.5.0-5), 64-bit',
} as const;

/**
 * Has a function that comes with the server answer something else, in this database only. The server runs the code that it was built with
 * under that function's number, but a body in SQL takes the call's place while it is planned.
 */
export async function playFunction(client: pg.Client, declaration: string, body: string): Promise<void> {
  await client.query(
    `CREATE OR REPLACE FUNCTION pg_catalog.${declaration} LANGUAGE sql STABLE AS ${client.escapeLiteral(body)}`,
  );
}

/** Has the database say that it is this engine. */
export function playBanner(client: pg.Client, banner: string): Promise<void> {
  return playFunction(client, 'version() RETURNS text', `SELECT ${client.escapeLiteral(banner)}::text`);
}

/** Has the database list an extension, without anything of it. */
export async function playExtension(client: pg.Client, name: string): Promise<void> {
  await client.query(
    `INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
     VALUES (98765, $1, 10, 11, false, '1')`,
    [name],
  );
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { inTerminalWords } from '#commands/act-text';
import type { ConnectionReport } from '#contract/environments';
import { connectionReport } from '#contract/environments';
import { type StagesOptions, reportInWords, testConnection } from '#postgres/connection-stages';
import { parseDatabaseUrl } from '#postgres/target';
import { type EmbeddedServer, startEmbeddedServer } from '#practice/embedded-server';
import { password, urlOf, type Where } from '#test/support/peers/connect-session';
import { quickSettings, tlsFixtures, withCertificate } from '#test/support/postgres/postgres-server';
import { connectPlainly } from '#test/support/postgres/test-database';

/** Parameter of a URL: a file of the fixtures as the trusted root. */
export const root = (name: string) => `sslrootcert=${encodeURIComponent(join(tlsFixtures, name))}`;

const roles = `
  CREATE ROLE ann LOGIN PASSWORD '${password}' SUPERUSER;
  CREATE ROLE guest LOGIN PASSWORD '${password}';
  CREATE ROLE reader LOGIN PASSWORD '${password}';
  CREATE ROLE shut_out LOGIN PASSWORD '${password}';
  CREATE TABLE one (x text);
  CREATE TABLE two (x text);
  ALTER TABLE two ENABLE ROW LEVEL SECURITY;
  GRANT SELECT ON one, two TO reader;
  GRANT UPDATE ON one TO reader`;

const doors = `
host all shut_out 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
`;

/** A server with roles of every kind, and a certificate by its name in the fixtures if it has TLS. */
export async function startServer(certificate?: string): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({
    settings: [...quickSettings, 'max_connections=40', ...(certificate ? ['ssl=on'] : [])],
    ...(certificate && { prepare: withCertificate(certificate) }),
  });
  const admin = await connectPlainly(server.url());
  await admin.query(roles);
  await admin.query('CREATE DATABASE empty');
  await writeFile(join(server.directory, 'pg_hba.conf'), doors);
  await admin.query('SELECT pg_reload_conf()');
  await admin.end();
  return server;
}

/** The report of a test of a connection, in the words of the command line; it shows no password. */
export async function look(
  port: number,
  parameters: string,
  where: Where = {},
  options: Partial<StagesOptions> = {},
): Promise<ConnectionReport> {
  const target = parseDatabaseUrl(urlOf(port, parameters, where), {});
  const report = await testConnection(target, { signal: new AbortController().signal, ...options });
  expect(JSON.stringify(report)).not.toContain('hunter2');
  return connectionReport.parse(reportInWords(report, inTerminalWords));
}

export const outcomes = ({ stages }: ConnectionReport) => stages.map(({ outcome }) => outcome).join(' ');
export const stageOf = ({ stages }: ConnectionReport, name: string) =>
  stages.find(({ stage }) => stage === name);

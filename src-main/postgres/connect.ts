import pg from 'pg';
import type { DatabaseTarget } from './target.ts';
export interface ServerFacts {
  version: number;
  versionText: string;
  inRecovery: boolean;
  readOnly: boolean;
  backendPid: number;
  pooled: boolean;
}
export async function connect(
  target: DatabaseTarget,
  { applicationName }: { applicationName: string },
): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: target.url, application_name: applicationName });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SET row_security = off; SET search_path = pg_catalog');
  return client;
}
export async function serverFacts(client: pg.Client): Promise<ServerFacts> {
  const { rows } = await client.query(
    'select current_setting(\'server_version_num\')::int version, current_setting(\'server_version\') "versionText", pg_is_in_recovery() "inRecovery", current_setting(\'transaction_read_only\')=\'on\' "readOnly", pg_backend_pid() "backendPid", false pooled',
  );
  return rows[0];
}

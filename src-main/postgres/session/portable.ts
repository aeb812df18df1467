import type { ClientBase } from 'pg';
import type { KeelClient } from './keel-client.ts';

/** Whether nothing is asked over this connection that PostgreSQL alone has. Connections that are not Keel's are given by tests alone. */
export function isPortable(client: ClientBase): boolean {
  return (client as Partial<KeelClient>).portable !== undefined;
}

/** Whether advisory locks keep others out over this connection. */
export function hasAdvisoryLocks(client: ClientBase): boolean {
  return (client as Partial<KeelClient>).portable?.advisoryLocks !== false;
}

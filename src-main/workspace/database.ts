import { environmentNameOf } from '#environments/environment-name';
import { machineFiles } from '#postgres/address/named-files';
import { connect } from '#postgres/connect';
import type { KeelClient } from '#postgres/session/keel-client';
import { type DatabaseTarget, describeTarget, parseDatabaseUrl } from '#postgres/target';

/** A database and how to reach it. */
export interface Database {
  readonly target: DatabaseTarget;
  /** `user@host:port/name`, safe to show. */
  readonly label: string;
  /** Ends what its connections wait for. */
  readonly signal?: AbortSignal | undefined;
  readonly open: (applicationName: string) => Promise<KeelClient>;
}

/** Throws `url-malformed`. Connects to nothing yet. `signal` ends what its connections wait for. */
export function openDatabase(url: string, signal?: AbortSignal): Database {
  return databaseAt(parseDatabaseUrl(url, process.env, machineFiles(process.env)), signal);
}

/** A database by its parts. The caller keeps the target's password. */
export function databaseAt(target: DatabaseTarget, signal?: AbortSignal): Database {
  return {
    target,
    label: describeTarget(target),
    signal,
    open: (applicationName) => connect(target, { applicationName, signal }),
  };
}

/** Another database of the same server, reached in the same way. */
export function siblingOf({ target, signal }: Database, database: string): Database {
  return databaseAt({ ...target, database }, signal);
}

/** How archives and messages name it: `host:port/name`. */
export function databaseNameOf({ target: { host, port, database } }: Database): string {
  return environmentNameOf(host, port, database);
}

/** Connects for as long as the work takes. */
export async function withClient<T>(
  database: Database,
  applicationName: string,
  work: (client: KeelClient) => Promise<T>,
): Promise<T> {
  await using client = await database.open(applicationName);
  return await work(client);
}

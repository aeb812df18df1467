import type { Client } from 'pg';
import { connect } from '#postgres/connect';
import { type DatabaseTarget, describeTarget, parseDatabaseUrl } from '#postgres/target';

/** A database and how to reach it. */
export interface Database {
  readonly target: DatabaseTarget;
  /** `user@host:port/name`, safe to show. */
  readonly label: string;
  readonly open: (applicationName: string) => Promise<Client>;
}

/** Throws `url-malformed`. Connects to nothing yet. */
export function openDatabase(url: string): Database {
  return databaseAt(parseDatabaseUrl(url));
}

/** A database by its parts. The caller keeps the target's password. */
export function databaseAt(target: DatabaseTarget): Database {
  return {
    target,
    label: describeTarget(target),
    open: (applicationName) => connect(target, { applicationName }),
  };
}

/** Another database of the same server, reached in the same way. */
export function siblingOf({ target }: Database, database: string): Database {
  return databaseAt({ ...target, database });
}

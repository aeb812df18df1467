/*
 * A temporary table whose session is gone, since the server crashed or lost it, is still in the catalog until the server comes across it. Nobody reads
 * a row of it any more, and a crash took its file.
 */

/** The session whose temporary schema `n` is lives. Before 16 the server does not tell the number after which it is named. */
const hasSession = `(current_setting('server_version_num')::int < 160000
  OR EXISTS (SELECT FROM pg_stat_get_backend_idset() AS b (id)
             WHERE n.nspname = 'pg_temp_' || b.id AND pg_stat_get_backend_pid(b.id) <> pg_backend_pid()
               AND pg_stat_get_backend_dbid(b.id) = (SELECT oid FROM pg_database WHERE datname = current_database())))`;

/** Another session may have got the number: what has no file has no rows. Whoever holds a lock on it lives, and is not waited for. */
const isEmpty = `(CASE WHEN EXISTS (SELECT FROM pg_locks AS l WHERE l.relation = c.oid AND l.mode = 'AccessExclusiveLock')
  THEN false ELSE pg_relation_size(c.oid) = 0 END)`;

/** SQL over pg_class `c` and its schema `n`: the relation is a temporary table of another session, and has no rows that this one could read. */
export const isOrphaned = `(CASE WHEN pg_is_other_temp_schema(n.oid) THEN NOT ${hasSession} OR ${isEmpty} ELSE false END)`;

// What a fault may leave for a moment and nobody may find in the end: tables, sessions, locks, temporaries, clear keys.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A server hears a moment later that somebody is gone. */
const moments = 40;
const momentMs = 100;

/** On the server, in words; nothing where all is clean. */
export async function leftOnServer(lane, database = 'ballast') {
  for (let tries = 1; ; tries++) {
    const left = await leftNow(lane, database);
    if (left.length === 0 || tries > moments) return left;
    await wait(momentMs);
  }
}

async function leftNow(lane, database) {
  const left = [];
  await lane.withClient(async (client) => {
    const ask = async (words, statement) => {
      const { rows } = await client.query(statement);
      if (rows.length > 0) left.push(`${words}: ${rows.map(({ name }) => name).join(', ')}`);
    };
    await ask(
      'tables of Keel’s',
      `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'S') AND relname <> 'rotation'
       AND (relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'keel') OR relname LIKE 'staged%')`,
    );
    await ask(
      'sessions of Keel’s',
      `SELECT application_name || ' ' || state AS name FROM pg_stat_activity WHERE application_name LIKE 'keel%'`,
    );
    await ask('advisory locks', `SELECT objid AS name FROM pg_locks WHERE locktype = 'advisory'`);
    await ask('prepared transactions', 'SELECT gid AS name FROM pg_prepared_xacts');
    await ask('disabled triggers', `SELECT tgname AS name FROM pg_trigger WHERE tgenabled = 'D'`);
  }, database);
  return left;
}

/** Files that hold a key of the case in clear, but for those that are meant to, and temporaries of Keel's. */
export async function leftOnDesk({ desk }, facts, meant) {
  const left = [];
  const names = await readdir(desk.path, { recursive: true, withFileTypes: true });
  for (const entry of names.filter((one) => one.isFile())) {
    const path = relative(desk.path, join(entry.parentPath, entry.name));
    if (/\.(tmp|draft|clear|lock)$/.test(entry.name)) left.push(`temporary file ${path}`);
    if (meant.has(path)) continue;
    const content = await readFile(join(desk.path, path), 'latin1').catch(() => '');
    for (const [name, key] of Object.entries(facts.keys))
      if ([key.toString('base64'), key.toString('hex')].some((text) => content.includes(text)))
        left.push(`key ${name} in clear in ${path}`);
  }
  return left;
}

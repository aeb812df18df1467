import { setTimeout } from 'node:timers/promises';
import type { Client, QueryResult } from 'pg';
import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';
import { type Engine, engineByBanner } from './engine.ts';

/** What is said of an engine that Keel refuses; undefined for the others. `usualOnly`: what is to be done there has no portable way. */
export function refusalOf({ name, way, lacks }: Engine, usualOnly = false): KeelError | undefined {
  if (way !== 'refused' && !(usualOnly && way === 'portable')) return undefined;
  return new KeelError(
    'preflight-stopped',
    `${refusedWords(name, lacks)}; nothing was changed`,
    refusedRemedy,
  );
}

/** What is the matter with it, for where nothing would have been changed anyhow. */
export function refusedWords(name: string, lacks = ''): string {
  return `the server is ${name}, not PostgreSQL, and Keel does not support it: ${lacks}`;
}

export const refusedRemedy =
  'load the rows into PostgreSQL 13 or later, rotate them there, and load them back while Ballast is stopped';

/** A server that answered with an error answers this too, or is not worth waiting for. */
const answerMs = 2000;

/**
 * The refusal of the engine that could not do what Keel asked of it, where it is another than PostgreSQL: so that it is named, rather than only
 * the first function that it lacks. The server is asked only where it answered with an error, and not waited for long: the caller ends the client.
 */
export async function refusalBehind(client: Client, error: unknown): Promise<KeelError | undefined> {
  const { severity, code } = (error ?? {}) as { severity?: unknown; code?: unknown };
  // what was cancelled, or ended from outside, says nothing of the engine (SQLSTATE class 57)
  if (severity !== 'ERROR' || String(code).startsWith('57')) return undefined;
  // it may have failed within a transaction
  const asked: Promise<unknown> = client
    .query('ROLLBACK; SELECT pg_catalog.version() AS banner')
    .catch(() => undefined);
  const answers = await Promise.race([asked, setTimeout(answerMs, undefined, { ref: false })]);
  const last = [answers].flat().at(-1) as Partial<QueryResult> | undefined;
  const banner: unknown = last?.rows?.[0]?.banner;
  const engine = typeof banner === 'string' ? engineByBanner(banner) : undefined;
  return (
    engine && (refusalOf(engine) ?? unableWords(engine, fromDriverError(error, 'asking the server').message))
  );
}

/** It was to be worked with, and cannot answer what every way asks first. */
function unableWords({ name }: Engine, failure: string): KeelError {
  return new KeelError(
    'preflight-stopped',
    `the server is ${name}, which Keel has never been run on (untested), and it did not answer a query that Keel always needs: ${failure}; nothing was changed`,
    refusedRemedy,
  );
}

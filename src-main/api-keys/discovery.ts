import type { Client } from 'pg';
import type { ApiKeyCandidate, ApiKeyDiscovery, ApiKeyRole } from '#contract/api-keys';
import { fromDriverError } from '#postgres/connection-errors';
import { assertReadable } from '#postgres/ownership/table-ownership';
import { readWithin } from '#postgres/session/timed-read';
import { quoteName } from '#postgres/identifiers';
import { costOf } from './bcrypt-hash.ts';
import { proposeColumns } from './column-roles.ts';
import { inSnakeCase } from './state-words.ts';
import { readTableFacts, type TableFacts } from './table-facts.ts';
import { formatCount } from '#shared/counted';

export interface DiscoveryOptions {
  readonly onTable?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Rows looked at in a table. */
const sampleSize = 200;
/** How long one table may take to give its sample. */
const tableTimeoutMs = 10_000;

const keyWords = /api_?key|access_?key|(api|access|auth)_?token|key_hash|hashed_key|token_hash/;
const passwordWords = /pass(word|wd|phrase|code)|pwd/;
const peopleWords = /(^|_)(users?|accounts?|members?|people|person|logins?)(_|$)/;

const roleWords: Readonly<Record<Exclude<ApiKeyRole, 'hash'>, string>> = {
  name: 'name',
  prefix: 'prefix',
  scope: 'scope',
  created: 'creation time',
  lastUsed: 'last use',
  expires: 'expiry',
  active: 'state',
};

/**
 * Walks the catalog and samples columns of text: a table of API keys is one whose column holds bcrypt hashes, beside columns
 * for what is known of a key. An empty table can be told by its names alone. Best first, each with its reasons. Only reads.
 */
export async function findKeyTables(
  client: Client,
  options: DiscoveryOptions = {},
): Promise<ApiKeyDiscovery> {
  const tables = await readTableFacts(client);
  const candidates: ApiKeyCandidate[] = [];
  const skipped: string[] = [];
  for (const [done, facts] of tables.entries()) {
    options.signal?.throwIfAborted();
    options.onTable?.(done, tables.length);
    try {
      candidates.push(...(await readWithin(client, tableTimeoutMs, () => examineTable(client, facts))));
    } catch (error) {
      const failure = fromDriverError(error, `reading ${facts.label}`);
      if (failure.code === 'connection-lost') throw failure;
      skipped.push(failure.message);
    }
  }
  options.signal?.throwIfAborted();
  options.onTable?.(tables.length, tables.length);
  const rank = { likely: 0, empty: 1, possible: 2 } as const;
  return { candidates: candidates.sort((a, b) => rank[a.status] - rank[b.status]), skipped };
}

async function examineTable(client: Client, facts: TableFacts): Promise<ApiKeyCandidate[]> {
  const texts = facts.columns.filter(({ kind, computed }) => kind === 'text' && !computed);
  if (texts.length === 0) return [];
  assertReadable(facts.label, facts.ownership);
  // content is long; a hash is not
  const cells = texts.map(
    ({ name }, i) =>
      `CASE WHEN octet_length(t.${quoteName(name)}::text) <= 100 THEN t.${quoteName(name)}::text END AS c${i}`,
  );
  const { rows } = await client.query(
    `SELECT ${cells.join(', ')} FROM ${facts.sql} AS t LIMIT ${sampleSize}`,
  );
  const found: ApiKeyCandidate[] = [];
  for (const [i, { name }] of texts.entries()) {
    const filled = rows
      .map((row) => row[`c${i}`] as string | null)
      .filter((cell) => cell !== null && cell !== '');
    const hashes = filled.filter((cell) => costOf(cell as string) !== undefined).length;
    if (hashes > 0 && hashes >= filled.length / 2) {
      found.push(
        judge(
          facts,
          name,
          `${formatCount(hashes)} of ${formatCount(filled.length)} sampled values are bcrypt hashes`,
        ),
      );
    }
  }
  if (found.length > 0 || rows.length > 0) return found;
  const hash = proposeColumns(facts.columns).hash;
  if (hash === undefined || !keyWords.test(wordsOf(facts, hash)) || passwordWords.test(inSnakeCase(hash)))
    return [];
  return [{ ...judge(facts, hash, 'the table is empty, so only its names suggest it'), status: 'empty' }];
}

function judge(facts: TableFacts, hash: string, seen: string): ApiKeyCandidate {
  const columns = { ...proposeColumns(facts.columns, hash), hash };
  const beside = (Object.keys(roleWords) as (keyof typeof roleWords)[]).filter(
    (role) => columns[role] !== undefined,
  );
  const ofKeys = beside.filter((role) => ['prefix', 'scope', 'lastUsed', 'expires'].includes(role));
  const named = keyWords.test(wordsOf(facts, hash));
  const ofPeople = passwordWords.test(inSnakeCase(hash)) || peopleWords.test(inSnakeCase(facts.table));
  const likely = !ofPeople && (named || ofKeys.length >= 2);
  const inRole = (role: (typeof beside)[number]) =>
    roleWords[role] === columns[role] ? roleWords[role] : `${roleWords[role]} (${columns[role]})`;
  const why = [
    `${hash}: ${seen}`,
    ...(beside.length > 0 ? [`other columns, by names and types: ${beside.map(inRole).join(', ')}`] : []),
    ...(named ? ['its names suggest keys'] : []),
    ...(ofPeople ? ['its names suggest people and their passwords'] : []),
    ...(!likely && !ofPeople ? ['little besides the hash suggests a key'] : []),
  ];
  return {
    table: { schema: facts.schema, table: facts.table, columns },
    status: likely ? 'likely' : 'possible',
    why,
  };
}

function wordsOf({ table }: TableFacts, hash: string): string {
  return `${inSnakeCase(table)} ${inSnakeCase(hash)}`;
}

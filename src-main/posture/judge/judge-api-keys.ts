import { counted } from '#shared/counted';
import type { ApiKeyColumn, PostureFacts } from '#posture/facts';
import { type JudgedFinding, fail, pass, type Subject, unknown, warn } from '#posture/finding';

/** bcrypt's work doubles with each step; ten has been the least that is advised for years. */
const leastCost = 10;

/** The rows of “API key storage”: hashed with bcrypt, salted, not to be won back. */
export function judgeApiKeys({ postgres }: PostureFacts): JudgedFinding[] {
  const columns = postgres?.session?.apiKeys;
  const hashed = about('hashed', 'Hashed with bcrypt');
  const salted = about('salted', 'A salt of its own for each');
  const clear = about('clear', 'None in the clear');
  if (!columns) {
    const seen = postgres
      ? `the columns were not looked through: ${postgres.fault ?? 'the role may not'}`
      : 'no database was named';
    const remedy = postgres
      ? 'give a login that may read Ballast’s tables, then look again'
      : 'name the database';
    return [hashed, salted, clear].map((subject) => unknown(subject, seen, remedy));
  }
  const hashes = columns.filter(({ bcrypt }) => bcrypt > 0);
  const scope = postgres?.session?.keyColumns ?? { found: columns.length, looked: columns.length };
  return [judgeHashes(hashed, hashes), judgeSalts(salted, hashes), judgeClear(clear, columns, scope)];
}

function about(id: string, title: string): Subject {
  return {
    id: `api-keys.${id}`,
    area: 'api-keys',
    title,
    why: 'A hash lets Ballast check a key without keeping it: whoever reads the database cannot call the API.',
  };
}

function judgeHashes(subject: Subject, columns: readonly ApiKeyColumn[]): JudgedFinding {
  if (columns.length === 0)
    return unknown(
      subject,
      'no column with bcrypt hashes was found',
      'look again once an API key was made, or with a role that may read its table',
    );
  const count = columns.reduce((sum, { bcrypt }) => sum + bcrypt, 0);
  const cost = Math.min(...columns.map(({ lowestCost = leastCost }) => lowestCost));
  const sampled = columns.some((column) => column.sampled !== undefined) ? ' (large tables sampled)' : '';
  const seen = `${counted(count, 'hash', 'hashes')} in ${columns.map(({ label }) => label).join(', ')}, cost ${cost} or more${sampled}`;
  if (cost < leastCost)
    return warn(
      subject,
      seen,
      `replace those keys: new ones get cost 12, and less than ${leastCost} is quickly guessed`,
    );
  return pass(subject, seen);
}

function judgeSalts(subject: Subject, columns: readonly ApiKeyColumn[]): JudgedFinding {
  if (columns.length === 0)
    return unknown(subject, 'no hash was found', 'look again once an API key was made');
  const repeated = columns.reduce((sum, column) => sum + column.repeated, 0);
  if (repeated > 0)
    return fail(
      subject,
      `${counted(repeated, 'hash stands', 'hashes stand')} there once more`,
      'replace the keys concerned: a hash that stands twice was copied',
    );
  const sampled = columns.some((column) => column.sampled !== undefined);
  return pass(
    subject,
    `bcrypt keeps the salt in the hash, and no hash ${sampled ? 'of the samples ' : ''}stands twice`,
  );
}

function judgeClear(
  subject: Subject,
  columns: readonly ApiKeyColumn[],
  { found, looked }: { readonly found: number; readonly looked: number },
): JudgedFinding {
  const clear = columns.filter(({ clear }) => clear > 0);
  if (clear.length === 0 && looked < found)
    return unknown(
      subject,
      `${looked} of ${found} columns whose names speak of keys were looked into, and hold none that begins with bk_`,
      'look for them yourself, or give a role that sees Ballast’s tables only',
    );
  if (clear.length === 0)
    return pass(
      subject,
      `no key that begins with bk_ was found in ${counted(looked, 'column')} whose names speak of keys`,
    );
  const where = clear.map(({ label, clear }) => `${label} (${clear})`).join(', ');
  return fail(
    subject,
    `API keys stand in the clear: ${where}`,
    'revoke them, make new ones, and find out what wrote them there',
  );
}

import { counted } from '#shared/counted';
import type { ApiKeyColumn, PostureFacts } from '#posture/facts';
import { type JudgedFinding, fail, pass, type Subject, unknown, warn } from '#posture/finding';

/** bcrypt's work doubles with each step; ten has been the least that is advised for years. */
const leastCost = 10;

/** The rows of “API key storage”: hashed with bcrypt, salted, not to be won back. */
export function judgeApiKeys({ postgres }: PostureFacts): JudgedFinding[] {
  const columns = postgres?.session?.apiKeys;
  const hashed = about('hashed', 'Hashed with bcrypt');
  const salted = about('salted', 'Individually salted');
  const clear = about('clear', 'None in plain text');
  if (!columns) {
    const seen = postgres
      ? `the columns were not searched: ${postgres.fault ?? 'the role lacks the privileges'}`
      : 'no database is configured';
    const remedy = postgres
      ? 'use a login that can read Ballast’s tables, then check again'
      : 'choose a database';
    return [hashed, salted, clear].map((subject) => unknown(subject, seen, remedy));
  }
  const hashes = columns.filter(({ bcrypt }) => bcrypt > 0);
  const scope = postgres?.session?.keyColumns ?? {
    found: columns.length,
    looked: columns.length,
    sampled: 0,
  };
  return [
    judgeHashes(hashed, hashes, scope),
    judgeSalts(salted, hashes, scope),
    judgeClear(clear, columns, scope),
  ];
}

function about(id: string, title: string): Subject {
  return {
    id: `api-keys.${id}`,
    area: 'api-keys',
    title,
    why: 'A hash lets Ballast verify a key without storing it: reading the database is not enough to call the API.',
  };
}

interface Scope {
  readonly found: number;
  readonly looked: number;
  /** Of these, how many in a sample only. */
  readonly sampled: number;
}

const readMore = 'use a role that can read Ballast’s tables, then check again';

/** What a finding about what was looked at leaves out. */
function unseen({ found, looked }: Scope): string {
  return `${found - looked} of ${counted(found, 'column')} whose names suggest keys could not be read or were not checked`;
}

function judgeHashes(subject: Subject, columns: readonly ApiKeyColumn[], scope: Scope): JudgedFinding {
  if (columns.length === 0)
    return unknown(
      subject,
      'no column with bcrypt hashes was found',
      'check again once an API key exists, or with a role that can read its table',
    );
  const count = columns.reduce((sum, { bcrypt }) => sum + bcrypt, 0);
  const cost = Math.min(...columns.map(({ lowestCost = leastCost }) => lowestCost));
  const sampled = columns.some((column) => column.sampled !== undefined) ? ' (large tables sampled)' : '';
  const seen = `${counted(count, 'hash', 'hashes')} in ${columns.map(({ label }) => label).join(', ')}, cost ${cost} or more${sampled}`;
  if (cost < leastCost)
    return warn(
      subject,
      seen,
      `replace those keys: new ones get cost 12, and anything below ${leastCost} is quickly cracked`,
    );
  const other = columns.reduce((sum, { other, clear }) => sum + other + clear, 0);
  if (other > 0)
    return warn(
      subject,
      `${seen}; ${counted(other, 'value')} in the same ${columns.length === 1 ? 'column' : 'columns'} ${other === 1 ? 'is' : 'are'} no bcrypt hash${other === 1 ? '' : 'es'}`,
      'find out what they are: a digest without salt or work, such as SHA-256, or a key in plain text is of no protection',
    );
  return scope.looked < scope.found
    ? unknown(subject, `${seen}; ${unseen(scope)}`, readMore)
    : pass(subject, seen);
}

function judgeSalts(subject: Subject, columns: readonly ApiKeyColumn[], scope: Scope): JudgedFinding {
  if (columns.length === 0)
    return unknown(subject, 'no hash was found', 'check again once an API key exists');
  const repeated = columns.reduce((sum, column) => sum + column.repeated, 0);
  if (repeated > 0)
    return fail(
      subject,
      `${counted(repeated, 'hash', 'hashes')} found more than once`,
      'replace the keys concerned: a hash that occurs twice was copied',
    );
  const sampled = columns.some((column) => column.sampled !== undefined);
  const seen = `bcrypt stores the salt in the hash, and no hash ${sampled ? 'in the samples ' : ''}occurs twice`;
  return scope.looked < scope.found
    ? unknown(subject, `${seen}; ${unseen(scope)}`, readMore)
    : pass(subject, seen);
}

function judgeClear(
  subject: Subject,
  columns: readonly ApiKeyColumn[],
  { found, looked, sampled }: Scope,
): JudgedFinding {
  const clear = columns.filter(({ clear }) => clear > 0);
  if (clear.length === 0 && looked < found)
    return unknown(
      subject,
      `${looked} of ${found} columns whose names suggest keys were checked, and contain none that begins with bk_`,
      readMore,
    );
  if (found === 0)
    return unknown(
      subject,
      'no column has a name that suggests keys, so none was searched',
      'check that this is Ballast’s database',
    );
  if (clear.length === 0 && sampled > 0)
    return unknown(
      subject,
      `no key that begins with bk_ was found in ${counted(looked, 'column')} whose names suggest keys, of which ${sampled} ${sampled === 1 ? 'is' : 'are'} too large to be read whole and ${sampled === 1 ? 'was' : 'were'} sampled`,
      'search them yourself while the database is idle',
    );
  if (clear.length === 0)
    return pass(
      subject,
      `no key that begins with bk_ was found in ${counted(looked, 'column')} whose names suggest keys`,
    );
  const where = clear.map(({ label, clear }) => `${label} (${clear})`).join(', ');
  return fail(
    subject,
    `API keys are stored in plain text: ${where}`,
    'revoke them, create new ones, and find out what wrote them there',
  );
}

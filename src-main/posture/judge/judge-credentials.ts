import { text } from '#errors/text';
import { counted, formatCount } from '#shared/counted';
import type { SecretKind } from '#contract/inventory';
import type { ColumnFacts, CredentialFacts, PostureFacts } from '#posture/facts';
import { type JudgedFinding, dayOf, fail, pass, type Subject, unknown, warn } from '#posture/finding';

/** The rows of “What’s encrypted”, each with the kinds of columns that belong to it. */
const rows: readonly (readonly [id: string, title: string, kinds: readonly SecretKind[]])[] = [
  ['access-tokens', 'OAuth access tokens', ['oauth-access-token']],
  ['refresh-tokens', 'OAuth refresh tokens', ['oauth-refresh-token']],
  ['database-passwords', 'Database passwords', ['database-password']],
  ['api-credentials', 'API credentials', ['api-credential']],
  ['connection-strings', 'Connection strings', ['connection-string']],
];

const find = text`${{ do: 'find-columns-first' }}`;

/** “Credential encryption”: the algorithm, its IVs, and each kind of credential. */
export function judgeCredentials({ credentials }: PostureFacts): JudgedFinding[] {
  const columns = credentials?.columns ?? [];
  return [
    judgeCipher(credentials),
    judgeIvs(columns, credentials),
    ...rows.map(([id, title, kinds]) => judgeKind(about(id, title), columns, kinds, credentials)),
  ];
}

function about(id: string, title: string): Subject {
  return {
    id: `credentials.${id}`,
    area: 'credentials',
    title,
    why: 'They give access to other systems, so they must be useless to anyone who reads the database.',
  };
}

function judgeCipher(credentials: CredentialFacts | undefined): JudgedFinding {
  const subject: Subject = {
    ...about('cipher', 'AES-256-CFB with the key'),
    why: 'CFB has no built-in check: only evidence shows that values are encrypted with this key, and not with another.',
  };
  const proof = credentials?.proof;
  if (!proof)
    return unknown(
      subject,
      'no key has been proven against this database',
      text`${{ do: 'prove-active-key' }}`,
    );
  const seen = `the key decrypted ${formatCount(proof.opened)} of ${counted(proof.values, 'value')} on ${dayOf(proof.at)}, ${formatCount(Math.floor(proof.bits))} bits of evidence`;
  if (proof.verdict === 'correct') return pass(subject, seen);
  if (proof.verdict === 'wrong')
    return fail(subject, seen, 'find the key that the database is encrypted with, and prove it');
  return warn(subject, seen, 'check the values that it does not decrypt, under Prove');
}

function judgeIvs(columns: readonly ColumnFacts[], credentials: CredentialFacts | undefined): JudgedFinding {
  const subject: Subject = {
    ...about('ivs', 'Random IV for each encryption'),
    why: 'Two values encrypted with the same key and IV reveal what they have in common.',
  };
  const looked = columns.reduce((sum, { looked, unencrypted }) => sum + looked - unencrypted, 0);
  if (looked === 0) return unknown(subject, notRead(credentials), find);
  const repeated = columns.filter(({ repeatedIvs }) => repeatedIvs > 0);
  if (repeated.length === 0)
    return pass(subject, `${counted(looked, 'value')} checked, each with its own IV`);
  const where = repeated
    .map(({ label, repeatedIvs }) => `${label} (${formatCount(repeatedIvs)} values)`)
    .join(', ');
  return fail(
    subject,
    `IVs are used more than once: ${where}`,
    'rotate the key, which gives every value a new IV, and look for copied rows',
  );
}

function judgeKind(
  subject: Subject,
  columns: readonly ColumnFacts[],
  kinds: readonly SecretKind[],
  credentials: CredentialFacts | undefined,
): JudgedFinding {
  // a document of credentials may hold any of them
  const mine = columns.filter(({ kind }) => kinds.includes(kind));
  const documents = columns.filter(({ kind }) => kind === 'credentials');
  const all = mine.length > 0 ? mine : documents;
  if (all.length === 0) {
    const seen = credentials?.columns ? 'no encrypted column of this kind is known' : notRead(credentials);
    return unknown(
      subject,
      seen,
      credentials?.columns
        ? 'check the list of encrypted columns, if the application stores any of these'
        : find,
    );
  }
  const where = all.map(({ label }) => label).join(', ');
  const bare = all.reduce((sum, { unencrypted }) => sum + unencrypted, 0);
  const looked = all.reduce((sum, { looked }) => sum + looked, 0);
  if (bare > 0)
    return fail(
      subject,
      `${counted(bare, 'value')} of ${looked} checked in ${where} ${bare === 1 ? 'is not a ciphertext' : 'are not ciphertexts'}`,
      'check them under Prove: they may be in plain text, or in a format that is not in the list of columns',
    );
  if (looked === 0) return unknown(subject, `no value yet in ${where}`, 'check again once there is one');
  const within = mine.length > 0 ? '' : ', within documents of credentials';
  return pass(subject, `all of ${counted(looked, 'value')} checked in ${where} are ciphertexts${within}`);
}

function notRead(credentials: CredentialFacts | undefined): string {
  return credentials?.fault === undefined
    ? 'the encrypted columns are not known'
    : `not read: ${credentials.fault}`;
}

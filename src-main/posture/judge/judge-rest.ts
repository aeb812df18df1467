import { counted } from '#shared/counted';
import { endOfLife } from '#posture/look/managed-service';
import type { PostureFacts, SessionFacts } from '#posture/facts';
import { type JudgedFinding, fail, pass, type Subject, unknown, warn } from '#posture/finding';
import { judgeAnswer } from './questions.ts';

/** The rows of “Data at rest”: PostgreSQL, Qdrant. */
export function judgeRest(facts: PostureFacts): JudgedFinding[] {
  return [
    judgeDisk(facts),
    judgeAnswer(about('postgres.dumps', 'Dumps and replicas', whyContent), 'dumps', facts),
    ...judgeServer(facts),
    judgeAnswer(
      about(
        'qdrant.disk',
        'Qdrant: disk',
        'Embeddings are numbers, but text can partly be reconstructed from them.',
      ),
      'qdrant-disk',
      facts,
    ),
  ];
}

const whyContent =
  'Ballast encrypts credentials. Entity content, metadata and user information are in plain text: only disk encryption protects them if the disk is stolen.';

function about(id: string, title: string, why: string): Subject {
  return { id, area: 'rest', title, why };
}

function judgeDisk(facts: PostureFacts): JudgedFinding {
  const subject = about('postgres.disk', 'PostgreSQL: disk', whyContent);
  const { postgres } = facts;
  const session = postgres?.session;
  const service = postgres?.service;
  if (service?.alwaysEncrypted)
    return pass(subject, `${service.name} encrypts its storage, according to its operator; ${service.look}`);
  if (session && session.tdeTables > 0 && session.tdeTables === session.tables) {
    const wal = session.settings['pg_tde.wal_encrypt'] === 'on';
    return wal
      ? pass(
          subject,
          `the extension pg_tde encrypts all ${counted(session.tables, 'table')} and the write-ahead log`,
        )
      : warn(
          subject,
          `the extension pg_tde encrypts all ${counted(session.tables, 'table')}, but not the write-ahead log`,
          'set pg_tde.wal_encrypt = on, then restart the server',
        );
  }
  if (session?.settings['data_encryption'] === 'on')
    return pass(subject, 'the server encrypts its data directory (data_encryption)');
  if (session?.disk === 'encrypted')
    return pass(
      subject,
      'the disk under its data directory is encrypted (dm-crypt), according to this machine',
    );
  const tde =
    session && session.tdeTables > 0
      ? `pg_tde encrypts ${session.tdeTables} of ${counted(session.tables, 'table')}`
      : undefined;
  const disk =
    session?.disk === 'plain' ? 'this machine sees no dm-crypt under its data directory' : undefined;
  const look = service ? `check ${service.look}` : undefined;
  const ask = service && `Is the storage of this ${service.name} encrypted?`;
  return judgeAnswer(subject, 'postgres-disk', facts, tde ?? disk ?? look, ask);
}

function judgeServer({ postgres, at }: PostureFacts): JudgedFinding[] {
  const { session, fault } = postgres ?? {};
  if (!session) {
    const subject = about(
      'postgres.server',
      'PostgreSQL: server',
      'What the server reports about itself shows how it protects its data.',
    );
    const seen = postgres ? `it could not be queried: ${fault ?? 'no session'}` : 'no database is configured';
    return [
      unknown(subject, seen, postgres ? 'use a login that works, then check again' : 'choose a database'),
    ];
  }
  return [
    judgeVersion(session, at),
    judgePasswords(session),
    judgeChecksums(session),
    judgeExtensions(session),
  ];
}

function judgeVersion({ version, versionText }: SessionFacts, at: string): JudgedFinding {
  const subject = about(
    'postgres.version',
    'PostgreSQL: version',
    'An unsupported version gets no security fixes, and its vulnerabilities are public.',
  );
  const end = endOfLife(version);
  const seen = `PostgreSQL ${versionText}`;
  if (end === undefined) return pass(subject, `${seen}, newer than Keel’s list of versions`);
  const upgrade = 'upgrade to a supported version: pg_upgrade, or your provider’s upgrade';
  if (end === 'years ago') return fail(subject, `${seen}, whose support ended years ago`, upgrade);
  const left = Date.parse(end) - Date.parse(at);
  if (left < 0) return fail(subject, `${seen}, whose support ended on ${end}`, upgrade);
  if (left < 180 * 86_400_000) return warn(subject, `${seen}, whose support ends on ${end}`, upgrade);
  return pass(subject, `${seen}, supported until ${end}`);
}

function judgePasswords({ settings, md5Roles }: SessionFacts): JudgedFinding {
  const subject = about(
    'postgres.passwords',
    'PostgreSQL: password hashes',
    'An md5 hash from a stolen disk is quickly cracked, and is as good as the password itself.',
  );
  const kind = settings['password_encryption'] ?? 'unknown';
  const remedy = 'set password_encryption = scram-sha-256, then reset the passwords of these roles';
  if (kind !== 'scram-sha-256') return warn(subject, `new passwords are hashed with ${kind}`, remedy);
  if (md5Roles)
    return warn(
      subject,
      `${counted(md5Roles, 'role')} still ${md5Roles === 1 ? 'has' : 'have'} an md5 hash`,
      remedy,
    );
  const seen = 'new passwords are hashed with scram-sha-256';
  if (md5Roles === undefined)
    return unknown(
      subject,
      `${seen}; this role cannot see the hashes of existing ones`,
      "check as a superuser, or run there: SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'md5%'",
    );
  return pass(subject, `${seen}, and no role has an md5 hash`);
}

function judgeChecksums({ settings }: SessionFacts): JudgedFinding {
  const subject = about(
    'postgres.checksums',
    'PostgreSQL: data checksums',
    'CFB ciphertexts have no built-in check: a page corrupted on disk would decrypt to noise.',
  );
  const on = settings['data_checksums'];
  if (on === 'on') return pass(subject, 'pages are verified when they are read');
  if (on === undefined) return unknown(subject, 'the server does not report it', 'run SHOW data_checksums');
  return warn(subject, 'pages are not verified', 'stop the server and enable checksums with pg_checksums');
}

function judgeExtensions({ extensions, tdeTables, tables }: SessionFacts): JudgedFinding {
  const subject = about(
    'postgres.extensions',
    'PostgreSQL: encryption extensions',
    'They encrypt inside the server. Ballast needs none: it encrypts credentials before they get there.',
  );
  const found: string[] = [];
  if (extensions.includes('pg_tde'))
    found.push(`the extension pg_tde encrypts ${tdeTables} of ${counted(tables, 'table')}`);
  if (extensions.includes('pgcrypto'))
    found.push(
      'the extension pgcrypto is installed: using it to encrypt sends the key to the server, and to its log if statements are logged',
    );
  return pass(subject, found.join('; ') || 'neither pg_tde nor pgcrypto is installed');
}

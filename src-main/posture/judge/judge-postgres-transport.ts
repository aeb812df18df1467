import { counted } from '#shared/counted';
import type { HbaRule, PostgresFacts, PostureFacts } from '#posture/facts';
import { type JudgedFinding, fail, pass, type Subject, unknown, warn } from '#posture/finding';
import { judgeCiphers } from './judge-ciphers.ts';
import { judgeCertificate, judgeOldProtocols, named } from './judge-tls.ts';

const why =
  'Rows and passwords travel over this connection: without TLS anyone in between can read and change them.';

function about(id: string, title: string): Subject {
  return { id: `postgres.${id}`, area: 'transit', title: `PostgreSQL: ${title}`, why };
}

/** The row “Database: TLS (configurable)”. */
export function judgePostgresTransport({ postgres, at }: PostureFacts): JudgedFinding[] {
  if (!postgres) return [unknown(about('tls', 'TLS'), 'no database is configured', 'choose a database')];
  const { host, tls, old, ciphers, local } = postgres;
  if (host.startsWith('/'))
    return [
      pass(about('tls', 'TLS'), 'a Unix socket: nothing leaves this machine'),
      judgeHbaRules(postgres),
      judgeSessions(postgres),
    ];
  return [
    judgeUse(postgres),
    ...(tls
      ? [
          judgeOldProtocols(named('postgres.tls-version', 'PostgreSQL: TLS 1.2 or later'), old),
          ...[
            ...judgeCertificate(tls, { id: 'postgres', name: 'PostgreSQL', host }, at),
            ...judgeCiphers(tls, ciphers, { id: 'postgres', name: 'PostgreSQL' }),
          ].map((finding) => (local ? softened(finding) : finding)),
        ]
      : []),
    judgePlain(postgres),
    judgeHbaRules(postgres),
    judgeSessions(postgres),
  ];
}

/** On a way that does not leave the machine, a certificate that nobody checks is no failure. */
function softened(finding: JudgedFinding): JudgedFinding {
  if (finding.status !== 'fail') return finding;
  return {
    ...finding,
    status: 'warn',
    seen: `${finding.seen}; the connection checked does not leave this machine`,
  };
}

function judgeUse({ tls, tlsFault, session, local }: PostgresFacts): JudgedFinding {
  const subject = about('tls', 'TLS');
  const own = session
    ? session.encrypted
      ? `Keel’s own session: ${session.protocol ?? 'TLS'}, ${tls?.cipher ?? 'unknown cipher'}`
      : 'Keel’s own session is not encrypted'
    : 'Keel could not log in';
  const remedy = 'connect with sslmode=verify-full, in the application too';
  if (tls) {
    const seen = `the server offers ${tls.protocol.replace('TLSv', 'TLS ')}; ${own}`;
    if (session?.encrypted && !session.arrivesEncrypted)
      return warn(
        subject,
        `${seen}; the server sees it as unencrypted: a pooler in between terminates TLS`,
        'turn on TLS between the pooler and the server too',
      );
    return session && !session.encrypted && !local ? warn(subject, seen, remedy) : pass(subject, seen);
  }
  if (tlsFault !== undefined)
    return unknown(
      subject,
      `whether the server offers TLS is unknown: ${tlsFault}`,
      'check the host and port, then try again',
    );
  const turnOn = 'turn on `ssl` on the server with a certificate, then connect with sslmode=verify-full';
  if (local)
    return warn(
      subject,
      'the server does not offer TLS; the connection checked does not leave this machine',
      turnOn,
    );
  return fail(subject, 'the server does not offer TLS', turnOn);
}

function judgePlain({ plain, local, service, tls }: PostgresFacts): JudgedFinding {
  const subject = about('plain', 'unencrypted connections');
  const remedy = service
    ? `${service.forceTls} (${service.name})`
    : tls
      ? 'use hostssl instead of host in pg_hba.conf, then reload the server'
      : 'turn on `ssl`, then use hostssl instead of host in pg_hba.conf';
  if (plain === 'refused') return pass(subject, 'a session without TLS is refused');
  if (plain === 'unclear')
    return unknown(subject, 'whether a session without TLS is accepted could not be determined', remedy);
  const seen = {
    'let-in': 'a session without TLS is accepted, and without a password',
    'asks-clear-password': 'a session without TLS is accepted, and its password is requested in plain text',
    'asks-password': 'a session without TLS is still accepted: it is asked for its password',
  }[plain];
  if (local && plain === 'asks-password')
    return warn(subject, `${seen}; the connection checked does not leave this machine`, remedy);
  return fail(subject, seen, remedy);
}

function judgeHbaRules({ session, fault, service }: PostgresFacts): JudgedFinding {
  const subject: Subject = {
    id: 'postgres.hba',
    area: 'transit',
    title: 'PostgreSQL: pg_hba.conf',
    why: 'Its rules decide who can connect from where, how they authenticate, and whether TLS is required.',
  };
  const hbaRules = session?.hbaRules;
  if (!hbaRules) {
    const seen = session
      ? 'this role cannot see the rules'
      : `the rules could not be read: ${fault ?? 'no session'}`;
    const remedy = service
      ? `${service.name} manages them itself; ${service.forceTls}`
      : 'GRANT EXECUTE ON FUNCTION pg_hba_file_rules() and SELECT on the view of that name to the role, or read the file yourself';
    return unknown(subject, seen, remedy);
  }
  const outside = hbaRules.filter(({ local, method, broken }) => !local && !broken && method !== 'reject');
  const trusting = outside.filter(({ method }) => method === 'trust');
  if (trusting.length > 0)
    return fail(
      subject,
      `anyone can connect without a password: ${listed(trusting)}`,
      'use scram-sha-256 instead of trust',
    );
  // whoever runs the client answers for who he is (PostgreSQL, “Ident authentication”)
  const asserted = outside.filter(({ method }) => method === 'ident');
  if (asserted.length > 0)
    return fail(
      subject,
      `anyone can connect as whoever their own machine claims they are: ${listed(asserted)}`,
      'use scram-sha-256 instead of ident',
    );
  const plain = outside.filter(({ type }) => type === 'host' || type === 'hostnossl');
  if (plain.length > 0)
    return fail(
      subject,
      `sessions without TLS are accepted from other machines: ${listed(plain)}`,
      'use hostssl instead of host, then reload the server',
    );
  const weak = outside.filter(({ method }) => method === 'password' || method === 'md5');
  if (weak.length > 0) return warn(subject, `weak methods: ${listed(weak)}`, 'use scram-sha-256');
  const broken = hbaRules.filter((rule) => rule.broken);
  if (broken.length > 0)
    return warn(
      subject,
      `the server cannot parse ${counted(broken.length, 'rule')} (line ${broken[0]?.line})`,
      'fix it: the previously loaded rules still apply',
    );
  const inside = hbaRules.filter(({ local, method, broken }) => local && !broken && method === 'trust');
  if (inside.length > 0)
    return warn(
      subject,
      `every account on the server’s machine can connect without a password: ${listed(inside)}`,
      'use peer or scram-sha-256 instead of trust',
    );
  const seen =
    outside.length === 0
      ? 'no rule accepts other machines'
      : `${counted(outside.length, 'rule')} for other machines, each requires TLS`;
  const reload = 'run SELECT pg_reload_conf() as a superuser, then check again';
  if (session.hbaChanged)
    return unknown(
      subject,
      `the file was changed in or after the second in which the server last loaded it, so other rules may be in effect; in the file: ${seen}`,
      reload,
    );
  if (session.hbaChanged === undefined)
    return unknown(
      subject,
      `in the file: ${seen}; this role cannot see whether the server has loaded the file as it is now`,
      'grant pg_read_all_settings, and EXECUTE ON FUNCTION pg_stat_file(text, boolean), to the role, or check as a superuser',
    );
  return pass(subject, seen);
}

function listed(hbaRules: readonly HbaRule[]): string {
  const shown = hbaRules
    .slice(0, 3)
    .map(({ line, type, users, address, method }) => `line ${line} (${type} ${users} ${address} ${method})`);
  return `${shown.join(', ')}${hbaRules.length > 3 ? ` and ${hbaRules.length - 3} more` : ''}`;
}

function judgeSessions({ session, fault }: PostgresFacts): JudgedFinding {
  const subject = about('sessions', 'other sessions');
  if (!session)
    return unknown(
      subject,
      `could not be read: ${fault ?? 'no session'}`,
      'use a login that works, then check again',
    );
  const { encrypted, plain, hidden, plainNames } = session.sessions;
  if (plain > 0)
    return fail(
      subject,
      `${counted(plain, 'session')} from other machines without TLS (${plainNames.join(', ')}), ${encrypted} with TLS`,
      'set sslmode=verify-full in those programs, and in the application',
    );
  if (hidden > 0)
    return unknown(
      subject,
      `this role cannot see ${counted(hidden, 'session')} of other roles`,
      'grant pg_read_all_stats to the role, then check again while the application runs',
    );
  if (encrypted === 0)
    return unknown(
      subject,
      'nobody else is connected from another machine at the moment',
      'check again while the application runs',
    );
  return pass(subject, `${counted(encrypted, 'other session')} with TLS, none from another machine without`);
}

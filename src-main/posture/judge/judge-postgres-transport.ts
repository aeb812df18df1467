import { counted } from '#shared/counted';
import type { HbaRule, PostgresFacts, PostureFacts } from '#posture/facts';
import { type JudgedFinding, fail, pass, type Subject, unknown, warn } from '#posture/finding';
import { judgeCiphers } from './judge-ciphers.ts';
import { judgeCertificate, judgeOldProtocols, named } from './judge-tls.ts';

const why = 'Rows and passwords cross this way: without TLS everyone in between can read and change them.';

function about(id: string, title: string): Subject {
  return { id: `postgres.${id}`, area: 'transit', title: `PostgreSQL: ${title}`, why };
}

/** The row “Database: TLS (configurable)”. */
export function judgePostgresTransport({ postgres, at }: PostureFacts): JudgedFinding[] {
  if (!postgres) return [unknown(about('tls', 'TLS'), 'no database was named', 'name the database')];
  const { host, tls, old, ciphers, local } = postgres;
  if (host.startsWith('/'))
    return [
      pass(about('tls', 'TLS'), 'a unix socket: nothing leaves this machine'),
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
    seen: `${finding.seen}; the way looked at does not leave this machine`,
  };
}

function judgeUse({ tls, tlsFault, session, local }: PostgresFacts): JudgedFinding {
  const subject = about('tls', 'TLS');
  const own = session
    ? session.encrypted
      ? `Keel’s own session: ${session.protocol ?? 'TLS'}, ${tls?.cipher ?? 'unnamed cipher'}`
      : 'Keel’s own session is not encrypted'
    : 'Keel could not log in';
  const remedy = 'connect with sslmode=verify-full, Ballast too';
  if (tls) {
    const seen = `the server offers ${tls.protocol.replace('TLSv', 'TLS ')}; ${own}`;
    if (session?.encrypted && !session.arrivesEncrypted)
      return warn(
        subject,
        `${seen}; the server has it as not encrypted: a pooler in between takes TLS off`,
        'turn TLS on between the pooler and the server too',
      );
    return session && !session.encrypted && !local ? warn(subject, seen, remedy) : pass(subject, seen);
  }
  if (tlsFault !== undefined)
    return unknown(
      subject,
      `whether the server offers TLS is not known: ${tlsFault}`,
      'check host and port, then look again',
    );
  const turnOn = 'turn `ssl` on at the server with a certificate, then connect with sslmode=verify-full';
  if (local)
    return warn(subject, 'the server offers no TLS; the way looked at does not leave this machine', turnOn);
  return fail(subject, 'the server offers no TLS', turnOn);
}

function judgePlain({ plain, local, service, tls }: PostgresFacts): JudgedFinding {
  const subject = about('plain', 'plain connections');
  const remedy = service
    ? `${service.forceTls} (${service.name})`
    : tls
      ? 'write hostssl instead of host in pg_hba.conf, then reload the server'
      : 'turn `ssl` on, then write hostssl instead of host in pg_hba.conf';
  if (plain === 'refused') return pass(subject, 'a session without TLS is refused');
  if (plain === 'unclear')
    return unknown(subject, 'whether a session without TLS is let in could not be found out', remedy);
  const seen = {
    'let-in': 'a session without TLS is let in, and without a password',
    'asks-clear-password': 'a session without TLS is let in, and its password is asked for in clear',
    'asks-password': 'a session without TLS is still accepted: it is asked for its password',
  }[plain];
  if (local && plain === 'asks-password')
    return warn(subject, `${seen}; the way looked at does not leave this machine`, remedy);
  return fail(subject, seen, remedy);
}

function judgeHbaRules({ session, fault, service }: PostgresFacts): JudgedFinding {
  const subject: Subject = {
    id: 'postgres.hba',
    area: 'transit',
    title: 'PostgreSQL: pg_hba.conf',
    why: 'Its rules decide who comes in from where, by which proof, and whether TLS is asked for.',
  };
  const hbaRules = session?.hbaRules;
  if (!hbaRules) {
    const seen = session
      ? 'the rules are not shown to this role'
      : `the rules were not seen: ${fault ?? 'no session'}`;
    const remedy = service
      ? `${service.name} keeps them itself; ${service.forceTls}`
      : 'GRANT EXECUTE ON FUNCTION pg_hba_file_rules() and SELECT on the view of that name to the role, or read the file yourself';
    return unknown(subject, seen, remedy);
  }
  const outside = hbaRules.filter(({ local, method, broken }) => !local && !broken && method !== 'reject');
  const trusting = outside.filter(({ method }) => method === 'trust');
  if (trusting.length > 0)
    return fail(
      subject,
      `anyone is let in without a password: ${listed(trusting)}`,
      'use scram-sha-256 instead of trust',
    );
  // whoever runs the client answers for who he is (PostgreSQL, “Ident authentication”)
  const asserted = outside.filter(({ method }) => method === 'ident');
  if (asserted.length > 0)
    return fail(
      subject,
      `anyone is let in as whoever their own machine says they are: ${listed(asserted)}`,
      'use scram-sha-256 instead of ident',
    );
  const plain = outside.filter(({ type }) => type === 'host' || type === 'hostnossl');
  if (plain.length > 0)
    return fail(
      subject,
      `sessions without TLS are let in from other machines: ${listed(plain)}`,
      'write hostssl instead of host, then reload the server',
    );
  const weak = outside.filter(({ method }) => method === 'password' || method === 'md5');
  if (weak.length > 0) return warn(subject, `weak methods: ${listed(weak)}`, 'use scram-sha-256');
  const broken = hbaRules.filter((rule) => rule.broken);
  if (broken.length > 0)
    return warn(
      subject,
      `${counted(broken.length, 'rule')} cannot be read by the server (line ${broken[0]?.line})`,
      'correct it: the rules loaded before still hold',
    );
  const inside = hbaRules.filter(({ local, method, broken }) => local && !broken && method === 'trust');
  if (inside.length > 0)
    return warn(
      subject,
      `every account of the server’s machine is let in without a password: ${listed(inside)}`,
      'use peer or scram-sha-256 instead of trust',
    );
  return pass(
    subject,
    outside.length === 0
      ? 'nobody is let in from other machines'
      : `${counted(outside.length, 'rule')} for other machines, each asks for TLS`,
  );
}

function listed(hbaRules: readonly HbaRule[]): string {
  const shown = hbaRules
    .slice(0, 3)
    .map(({ line, type, users, address, method }) => `line ${line} (${type} ${users} ${address} ${method})`);
  return `${shown.join(', ')}${hbaRules.length > 3 ? ` and ${hbaRules.length - 3} more` : ''}`;
}

function judgeSessions({ session, fault }: PostgresFacts): JudgedFinding {
  const subject = about('sessions', 'sessions of others');
  if (!session)
    return unknown(subject, `not seen: ${fault ?? 'no session'}`, 'give a login that works, then look again');
  const { encrypted, plain, hidden, plainNames } = session.sessions;
  if (plain > 0)
    return fail(
      subject,
      `${counted(plain, 'session')} from other machines without TLS (${plainNames.join(', ')}), ${encrypted} with TLS`,
      'set sslmode=verify-full where those programs connect, Ballast among them',
    );
  if (hidden > 0)
    return unknown(
      subject,
      `${counted(hidden, 'session')} of other roles ${hidden === 1 ? 'is' : 'are'} not shown to this one`,
      'GRANT pg_read_all_stats to the role, then look again while Ballast runs',
    );
  if (encrypted === 0)
    return unknown(
      subject,
      'nobody else is connected from another machine now',
      'look again while Ballast runs',
    );
  return pass(
    subject,
    `${counted(encrypted, 'session')} of others with TLS, none from another machine without`,
  );
}

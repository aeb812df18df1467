import { describe, expect, test } from 'vitest';
import type { JudgedFinding } from '#posture/finding';
import type { KeyFacts, PostgresFacts, PostureFacts, SessionFacts } from '#posture/facts';
import { judgePosture } from '#posture/judge/judge-posture';
import { managedServiceOf } from '#posture/look/managed-service';
import { fingerprintOf } from '#crypto/fingerprint';

const at = '2026-11-25T12:00:00.000Z';
const nothing: PostureFacts = { at, oauth: [], keyFiles: [], answers: [] };
const session: SessionFacts = {
  version: 180_004,
  versionText: '18.4',
  encrypted: true,
  protocol: 'TLSv1.3',
  arrivesEncrypted: true,
  settings: { password_encryption: 'scram-sha-256', data_checksums: 'on' },
  extensions: [],
  tdeTables: 0,
  tables: 4,
  sessions: { encrypted: 2, plain: 0, hidden: 0, plainNames: [] },
};
const postgres: PostgresFacts = { host: 'db.example.org', local: false, plain: 'refused', session };

function found(facts: Partial<PostureFacts>): Record<string, JudgedFinding> {
  return Object.fromEntries(judgePosture({ ...nothing, ...facts }).map((finding) => [finding.id, finding]));
}

const withSession = (change: Partial<SessionFacts>, more: Partial<PostgresFacts> = {}) =>
  found({ postgres: { ...postgres, session: { ...session, ...change }, ...more } });

describe('Ballast’s page', () => {
  test('has every row covered, also where nothing was named: then it is not known, and what would change that is said', () => {
    const all = judgePosture(nothing);
    expect(all.map(({ title }) => title)).toEqual([
      'API: HTTPS',
      'PostgreSQL: TLS',
      'Qdrant: TLS',
      'OAuth: HTTPS',
      'PostgreSQL: disk',
      'Dumps and replicas',
      'PostgreSQL: server',
      'Qdrant: disk',
      'AES-256-CFB with the key',
      'Random IV for each encryption',
      'OAuth access tokens',
      'OAuth refresh tokens',
      'Database passwords',
      'API credentials',
      'Connection strings',
      'Hashed with bcrypt',
      'Individually salted',
      'None in plain text',
      'One key per environment',
      'Not the published example key',
      'Key age',
      'Tested backup',
      'Where the key is stored',
      'Store the encryption key in a secrets manager',
      'Use a separate key per environment',
      'Back up keys securely',
      'Enable database encryption at rest',
      'Use TLS for all connections',
    ]);
    for (const { status, remedy, why } of all) {
      expect(status).toBe('unknown');
      expect([remedy, why].every(Boolean)).toBe(true);
    }
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });
});

describe('a question', () => {
  const answered = (answer: 'yes' | 'no', day: string) =>
    found({ answers: [{ question: 'postgres-disk', answer, at: day }] })['postgres.disk'];

  test.for([
    ['yes', '2026-11-01T00:00:00.000Z', 'pass', 'answered “yes” on 2026-11-01'],
    ['no', '2026-11-01T00:00:00.000Z', 'fail', 'answered “no” on 2026-11-01'],
    ['yes', '2025-11-24T00:00:00.000Z', 'unknown', 'answered “yes” on 2025-11-24; that is over a year ago'],
  ] as const)('answered “%s” on %s is %s', ([answer, day, status, seen]) => {
    expect(answered(answer, day)).toMatchObject({
      status,
      seen,
      question: { id: 'postgres-disk', answer: { answer } },
    });
  });

  test('is not asked where the host answers it', () => {
    expect(withSession({ disk: 'encrypted' })['postgres.disk']).toMatchObject({ status: 'pass' });
    expect(withSession({ disk: 'encrypted' })['postgres.disk']).not.toHaveProperty('question');
    expect(withSession({ tdeTables: 4 })['postgres.disk']?.status).toBe('warn');
    expect(
      withSession({ tdeTables: 4, settings: { 'pg_tde.wal_encrypt': 'on' } })['postgres.disk']?.status,
    ).toBe('pass');
    expect(withSession({ tdeTables: 1 })['postgres.disk']).toMatchObject({ status: 'unknown', question: {} });
  });

  test('is put in the words of the managed service', () => {
    const service = managedServiceOf('prod.abc.eu-central-1.rds.amazonaws.com', []);
    expect(withSession({}, { ...(service && { service }) })['postgres.disk']).toMatchObject({
      status: 'unknown',
      question: { text: 'Is the storage of this Amazon RDS or Aurora encrypted?' },
      seen: expect.stringContaining('StorageEncrypted'),
    });
  });
});

describe('a managed service', () => {
  test.for([
    ['a.b.rds.amazonaws.com', [], 'Amazon RDS or Aurora'],
    ['acme.postgres.database.azure.com', [], 'Azure Database for PostgreSQL'],
    ['10.0.0.7', ['cloudsql.iam_authentication'], 'Google Cloud SQL'],
    ['ep-x.eu-central-1.aws.neon.tech.', [], 'Neon'],
    ['aws-0-eu.pooler.supabase.com', [], 'Supabase'],
    ['db.example.org', ['shared_buffers'], undefined],
    ['rds.amazonaws.com.example.org', [], undefined],
  ] as const)('at %s with settings %s is %s', ([host, settings, name]) => {
    expect(managedServiceOf(host, settings)?.name).toBe(name);
  });
});

describe('PostgreSQL', () => {
  test.for([
    [120_010, 'fail'],
    [130_022, 'fail'],
    [140_019, 'fail'],
    [160_000, 'pass'],
    [200_000, 'pass'],
  ] as const)('of version %i is judged %s by the end of its support', ([version, status]) => {
    expect(withSession({ version })['postgres.version']?.status).toBe(status);
  });

  test('from another machine fails where it takes plain sessions', () => {
    for (const plain of ['let-in', 'asks-password', 'asks-clear-password'] as const)
      expect(withSession({}, { plain })['postgres.plain']?.status).toBe('fail');
    expect(withSession({}, { plain: 'asks-password', local: true })['postgres.plain']?.status).toBe('warn');
    expect(withSession({}, { plain: 'let-in', local: true })['postgres.plain']?.status).toBe('fail');
  });

  test('is told of every rule of pg_hba.conf that lets somebody in without proof', () => {
    const door = {
      line: 1,
      type: 'hostssl',
      users: 'all',
      address: '0.0.0.0/0',
      local: false,
      broken: false,
    };
    const scram = { ...door, method: 'scram-sha-256' };
    const of = (more: object) =>
      withSession({ hbaRules: [scram, { ...scram, line: 2, ...more }], hbaChanged: false })['postgres.hba'];
    const unloaded = withSession({ hbaRules: [scram], hbaChanged: true })['postgres.hba'];
    expect(unloaded).toMatchObject({ status: 'unknown', seen: expect.stringContaining('was changed') });
    expect(withSession({ hbaRules: [scram] })['postgres.hba']?.status).toBe('unknown');
    expect(of({})?.status).toBe('pass');
    expect(of({ method: 'ident' })).toMatchObject({
      status: 'fail',
      seen: expect.stringContaining('line 2'),
    });
    expect(of({ method: 'trust' })?.status).toBe('fail');
    expect(of({ type: 'local', address: '', method: 'trust', local: true })).toMatchObject({
      status: 'warn',
      seen: expect.stringContaining('local all'),
    });
    expect(of({ type: 'local', address: '', method: 'peer', local: true })?.status).toBe('pass');
  });

  test('behind a pooler that takes TLS off is warned of', () => {
    const tls = {
      protocol: 'TLSv1.3',
      cipher: 'x',
      subject: 'db',
      issuer: 'ca',
      validTo: '2027-11-25T00:00:00.000Z',
      hostMatches: true,
    };
    expect(withSession({}, { tls })['postgres.tls']).toMatchObject({ status: 'pass' });
    expect(withSession({ arrivesEncrypted: false }, { tls })['postgres.tls']).toMatchObject({
      status: 'warn',
      seen: expect.stringContaining('a pooler in between'),
    });
  });

  test.each([
    ['2026-09-20', '2026-12-20', 'warn'],
    ['2026-10-20', '2027-01-18', 'pass'],
    ['2026-11-20', '2026-12-01', 'warn'],
    ['2026-11-24', '2026-12-02', 'pass'],
    ['2026-01-01', '2036-01-01', 'warn'],
    ['2027-01-01', '2027-06-01', 'fail'],
  ])('under a certificate from %s to %s: %s', (from, to, status) => {
    const tls = {
      ...{ protocol: 'TLSv1.3', cipher: 'x', subject: 'db', issuer: 'ca', hostMatches: true },
      validFrom: `${from}T00:00:00.000Z`,
      validTo: `${to}T00:00:00.000Z`,
    };
    expect(withSession({}, { tls })['postgres.expiry']?.status).toBe(status);
  });

  test('is not passed for rules that the server may not have loaded', () => {
    const rule = { line: 1, type: 'hostssl', users: 'all', address: '10.0.0.0 mask 255.0.0.0' };
    const hbaRules = [{ ...rule, method: 'scram-sha-256', local: false, broken: false }];
    expect(withSession({ hbaRules, hbaChanged: false })['postgres.hba']?.status).toBe('pass');
    expect(withSession({ hbaRules, hbaChanged: true })['postgres.hba']?.status).toBe('unknown');
    expect(withSession({ hbaRules })['postgres.hba']?.status).toBe('unknown');
  });

  test('names the programs that are connected without TLS', () => {
    const sessions = { encrypted: 1, plain: 2, hidden: 0, plainNames: ['ballast-api'] };
    expect(withSession({ sessions })['postgres.sessions']).toMatchObject({
      status: 'fail',
      seen: expect.stringContaining('ballast-api'),
    });
  });
});

describe('the key', () => {
  const active = {
    fingerprint: 'aaaa-bbbb-cccc-dddd',
    since: '2026-10-01T00:00:00.000Z',
    adopted: false,
    proofs: 1,
    provenAt: '2026-10-02T00:00:00.000Z',
  };
  const of = (change: Partial<NonNullable<KeyFacts['active']>>, more: Partial<KeyFacts> = {}) =>
    found({
      keys: {
        active: { ...active, ...change },
        others: ['Staging'],
        sharedWith: [],
        known: [],
        drillEveryDays: 90,
        ...more,
      },
    });

  test('in order passes in all rows', () => {
    for (const id of [
      'keys.separate',
      'keys.public',
      'keys.age',
      'keys.backup',
      'self-hosting.separate',
      'self-hosting.backup',
    ])
      expect(of({})[id]?.status).toBe('pass');
  });

  test('that two environments share fails', () => {
    expect(of({}, { sharedWith: ['Staging'] })['keys.separate']).toMatchObject({
      status: 'fail',
      seen: expect.stringContaining('Staging'),
    });
  });

  test('is asked about where Keel knows no other environment', () => {
    expect(of({}, { others: [] })['keys.separate']).toMatchObject({
      status: 'unknown',
      question: { id: 'separate-keys' },
    });
  });

  test('that is old, unproven, proven long ago, or printed in the documentation is told of', () => {
    expect(of({ since: '2025-11-01T00:00:00.000Z' })['keys.age']?.status).toBe('warn');
    expect(of({ provenAt: '2026-01-01T00:00:00.000Z' })['keys.backup']?.status).toBe('warn');
    const { provenAt: _, ...unproven } = active;
    expect(
      found({ keys: { active: unproven, others: [], sharedWith: [], known: [], drillEveryDays: 90 } })[
        'keys.backup'
      ]?.status,
    ).toBe('fail');
    const fingerprint = fingerprintOf(Buffer.from('aaxqwQD9JlKPkyhBoZbpjwQysmeVAovra2FTMUOa6Vo=', 'base64'));
    expect(of({ fingerprint })['keys.public']?.status).toBe('fail');
  });
});

import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type EmbeddedServer } from '#practice/embedded-server';
import { test } from '#test/support/temp-folder';
import { look, outcomes, root, stageOf, startServer } from '#test/support/peers/connection-check';

let right: EmbeddedServer;
let wrongHost: EmbeddedServer;
let expired: EmbeddedServer;
let plain: EmbeddedServer;

beforeAll(async () => {
  [right, wrongHost, expired, plain] = await Promise.all([
    startServer('server'),
    startServer('wronghost'),
    startServer('expired'),
    startServer(),
  ]);
});

afterAll(() => Promise.all([right, wrongHost, expired, plain].map((server) => server?.stop())));

describe('TLS', () => {
  test.for([
    [
      'sslmode=require',
      'encrypted, but the server is not authenticated',
      'the CA “Keel test authority”',
      'none',
    ],
    ['sslmode=prefer', 'a man in the middle can turn TLS off', 'use sslmode=verify-full', 'none'],
    [`sslmode=verify-ca&${root('ca.crt')}`, 'but not the host name', 'the certificate would pass', 'chain'],
    [`sslmode=require&${root('ca.crt')}`, 'but not the host name', 'the certificate would pass', 'chain'],
  ] as const)('under %s is a warning in plain words', async ([parameters, message, remedy, verified]) => {
    const report = await look(right.port, parameters);
    expect(report).toMatchObject({ ok: true, transport: { encrypted: true, verified } });
    expect(stageOf(report, 'tls')).toMatchObject({
      outcome: 'warning',
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
  });

  test.for([
    ['verify-full', 'other-ca.crt'],
    ['verify-ca', 'other-ca.crt'],
    ['require', 'other-ca.crt'],
  ] as const)('under %s with another authority fails, and names who signed', async ([sslmode, name]) => {
    const report = await look(right.port, `sslmode=${sslmode}&${root(name)}`);
    expect(outcomes(report)).toBe('passed passed failed skipped skipped skipped');
    expect(stageOf(report, 'tls')).toMatchObject({
      message: expect.stringMatching(
        /was not signed by a CA in .*other-ca\.crt; .* signed by “Keel test authority”/,
      ),
      remedy: 'use another sslrootcert containing the certificate of the CA “Keel test authority”',
    });
  });

  test('under verify-full without a root certificate fails, and asks for one', async () => {
    const report = await look(right.port, 'sslmode=verify-full');
    expect(stageOf(report, 'tls')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('is not trusted on this machine'),
      remedy: expect.stringContaining('CA certificate that signed it'),
    });
  });

  test('with a certificate for another host fails under verify-full, and is told under the others', async () => {
    const full = await look(wrongHost.port, `sslmode=verify-full&${root('ca.crt')}`);
    expect(stageOf(full, 'tls')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('certificate of “db.example.com”'),
    });
    for (const mode of ['verify-ca', 'require']) {
      const report = await look(wrongHost.port, `sslmode=${mode}&${root('ca.crt')}`);
      expect(stageOf(report, 'tls')).toMatchObject({
        outcome: 'warning',
        remedy: expect.stringContaining('a certificate for 127.0.0.1'),
      });
    }
  });

  test('with a certificate that has ended fails where it is verified, and is told where not', async () => {
    const full = await look(expired.port, `sslmode=verify-full&${root('expired-ca.crt')}`);
    expect(stageOf(full, 'tls')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('has expired'),
      remedy: 'renew the certificate',
    });
    const unchecked = await look(expired.port, 'sslmode=require');
    expect(stageOf(unchecked, 'tls')).toMatchObject({
      outcome: 'warning',
      message: expect.stringContaining('which has passed'),
    });
  });

  test('with a certificate that ends within 30 days is a warning', async () => {
    const first = await look(right.port, `sslmode=verify-full&${root('ca.crt')}`);
    const end = Date.parse(first.transport?.validTo ?? '');
    const at = (days: number) => ({ now: new Date(end - days * 86_400_000 - 1000) });
    const soon = await look(right.port, `sslmode=verify-full&${root('ca.crt')}`, {}, at(9));
    expect(stageOf(soon, 'tls')).toMatchObject({
      outcome: 'warning',
      message: expect.stringMatching(/, in 9 days$/),
      remedy: 'renew the certificate',
    });
    const later = await look(right.port, `sslmode=verify-full&${root('ca.crt')}`, {}, at(31));
    expect(stageOf(later, 'tls')).toMatchObject({ outcome: 'passed' });
  });

  test.for(['require', 'verify-full'])('that a server does not offer fails under %s', async (sslmode) => {
    const report = await look(plain.port, `sslmode=${sslmode}`);
    expect(outcomes(report)).toBe('passed passed failed skipped skipped skipped');
    expect(stageOf(report, 'tls')?.message).toContain('does not offer TLS');
  });

  test.for(['disable', 'prefer'])(
    'that is not there passes under %s on this machine only',
    async (sslmode) => {
      const report = await look(plain.port, `sslmode=${sslmode}`);
      expect(stageOf(report, 'tls')).toMatchObject({
        outcome: 'passed',
        message: 'not encrypted; the connection does not leave this machine',
      });
      expect(report.transport).toEqual({ encrypted: false, verified: 'none', local: false });
    },
  );

  test('whose root certificates cannot be read fails only where they are needed', async () => {
    const missing = 'sslrootcert=%2Fnone%2Froot.crt';
    const full = await look(right.port, `sslmode=verify-full&${missing}`);
    expect(stageOf(full, 'tls')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('/none/root.crt'),
    });
    expect((await look(right.port, `sslmode=prefer&${missing}`)).ok).toBe(true);
  });
});

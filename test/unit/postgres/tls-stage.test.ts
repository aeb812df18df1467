import { expect, test } from 'vitest';
import { parseDatabaseUrl } from '#postgres/target';
import { judgeCertificate, judgePlain } from '#postgres/tls-stage';

const now = new Date('2026-11-24T12:00:00Z');
const shown = {
  protocol: 'TLSv1.3',
  subject: 'db.example.org',
  issuer: 'Some authority',
  validTo: new Date('2027-11-02T00:00:00Z'),
  hostMatches: true,
};
const target = (sslmode: string, host = 'db.example.org') =>
  parseDatabaseUrl(`postgres://ann@${host}/x?sslmode=${sslmode}`, {});

test('a certificate that is verified in full passes', () => {
  expect(judgeCertificate(target('verify-full'), shown, now)).toEqual({
    outcome: 'passed',
    message:
      'TLS 1.3, chain and host name verified; certificate of “db.example.org”, signed by “Some authority”, valid until 2027-11-02',
  });
});

test('what would pass under verify-full is said where less is checked', () => {
  for (const mode of ['prefer', 'require', 'verify-ca']) {
    expect(judgeCertificate(target(mode), shown, now)).toMatchObject({
      outcome: 'warning',
      remedy: 'use sslmode=verify-full: the certificate would pass',
    });
  }
});

test('a fault of the chain that has no words of its own is still told', () => {
  for (const chainFault of ['INVALID_CA', 'CERT_REVOKED', 'whatever comes']) {
    expect(judgeCertificate(target('verify-ca'), { ...shown, chainFault }, now)).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining(chainFault),
    });
  }
});

test('names in a certificate are shown on one line, cut and without control characters', () => {
  const subject = `a\u001b[31m\nb${'x'.repeat(500)}`;
  const { message } = judgeCertificate(target('verify-full'), { ...shown, subject }, now);
  expect(message).toContain('“a [31m b');
  expect(message.length).toBeLessThan(300);
});

test('the end of a certificate is counted in days', () => {
  const ends = (date: string) =>
    judgeCertificate(target('verify-full'), { ...shown, validTo: new Date(date) }, now).message;
  expect(ends('2026-12-23T11:00:00Z')).toMatch(/, in 28 days$/);
  expect(ends('2026-11-25T13:00:00Z')).toMatch(/, in 1 day$/);
  expect(ends('2026-11-24T13:00:00Z')).toMatch(/, in 0 days$/);
  expect(ends('2026-12-25T13:00:00Z')).toMatch(/valid until 2026-12-25$/);
});

test('without TLS, a network is a warning and this machine is not', () => {
  expect(judgePlain(target('disable'))).toMatchObject({
    outcome: 'warning',
    message: expect.stringContaining('can be read and changed in transit'),
    remedy: 'use sslmode=verify-full',
  });
  expect(judgePlain(target('prefer'))).toMatchObject({
    outcome: 'warning',
    remedy: expect.stringContaining('turn on `ssl`'),
  });
  for (const host of ['localhost', 'LOCALHOST.', '127.0.0.1', '127.8.9.10', '[::1]', '%2Frun%2Fpostgresql']) {
    expect(judgePlain(target('disable', host)), host).toMatchObject({ outcome: 'passed' });
  }
  for (const host of ['localhost.example.org', '128.0.0.1', '127.example.org', '[::2]']) {
    expect(judgePlain(target('disable', host)), host).toMatchObject({ outcome: 'warning' });
  }
});

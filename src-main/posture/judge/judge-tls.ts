import { counted, formatCount } from '#shared/counted';
import {
  type JudgedFinding,
  dayOf,
  daysBetween,
  fail,
  pass,
  type Subject,
  unknown,
  warn,
} from '#posture/finding';
import { type OldProtocols, oldVersions } from '#posture/look/old-protocols';
import type { ShownTls } from '#posture/look/tls-handshake';
import { enumerated } from '#shared/enumerated';

/** Certificates that are renewed by machine are so a month before their end; those of a short life at half of it. */
const soonDays = 30;
/** So long that nobody will have renewed one before, or knows how when it ends; a stolen key serves as long. */
const tooLongDays = 3_650;

export function named(id: string, title: string): Subject {
  return {
    id,
    area: 'transit',
    title,
    why: 'TLS 1.0 and 1.1 rely on broken digests and were deprecated in 2021 (RFC 8996); SSL 2.0 and 3.0 can be decrypted by a man in the middle (RFC 6176, RFC 7568).',
  };
}

export function judgeOldProtocols(subject: Subject, old: OldProtocols | undefined): JudgedFinding {
  if (old && old.accepted.length > 0) {
    return fail(
      subject,
      `${enumerated(old.accepted)} ${old.accepted.length === 1 ? 'is' : 'are'} accepted too`,
      'set the minimum version on the server or its proxy to TLS 1.2',
    );
  }
  const unclear = old ? old.unclear : oldVersions;
  if (unclear.length > 0) {
    return unknown(
      subject,
      `whether ${enumerated(unclear)} ${unclear.length === 1 ? 'is' : 'are'} refused could not be determined from here`,
      'test the server yourself: openssl s_client -tls1_1 -connect HOST:PORT',
    );
  }
  return pass(subject, `${enumerated(oldVersions)} are refused`);
}

interface Of {
  readonly id: string;
  readonly name: string;
  readonly host: string;
}

/** Chain, host name and expiry, each on its own. */
export function judgeCertificate(tls: ShownTls, of: Of, now: string): JudgedFinding[] {
  return [judgeChain(tls, of), judgeHost(tls, of), judgeExpiry(tls, of, now)];
}

const untrusted =
  'An untrusted certificate can be anyone’s: clients that accept it also accept a man in the middle.';

function judgeChain(tls: ShownTls, { id, name }: Of): JudgedFinding {
  const subject: Subject = {
    id: `${id}.certificate`,
    area: 'transit',
    title: `${name}: certificate chain`,
    why: untrusted,
  };
  const who = `certificate of “${tls.subject}”, signed by “${tls.issuer}”`;
  const fault = tls.chainFault;
  if (tls.brokenDigest !== undefined)
    return fail(
      subject,
      `${who}: it, or one above it, is signed with ${tls.brokenDigest}, so that it can be forged`,
      'get one that is signed with SHA-256 or better',
    );
  // its dates are a finding of their own
  if (fault === undefined) return pass(subject, `${who}, which is trusted here`);
  if (fault === 'DEPTH_ZERO_SELF_SIGNED_CERT')
    return fail(
      subject,
      `${who}: it is self-signed`,
      'get one from a CA that clients trust, or configure it as a root certificate here and on every client',
    );
  if (/SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)/.test(fault))
    return fail(
      subject,
      `${who}, which is not trusted here`,
      'have the server send its intermediate certificates; if the CA is your own, configure its root certificate',
    );
  return fail(subject, `${who}: ${fault}`, 'install a valid certificate on the server');
}

function judgeHost(
  { hostMatches, onlyInCommonName, subject: who }: ShownTls,
  { id, name, host }: Of,
): JudgedFinding {
  const subject: Subject = {
    id: `${id}.host-name`,
    area: 'transit',
    title: `${name}: host name`,
    why: 'Only a certificate for this host name proves that the right server answers.',
  };
  if (hostMatches && onlyInCommonName)
    return warn(
      subject,
      `${host} is only in the common name of the certificate, which browsers and many clients do not read`,
      `get one that names ${host} as subjectAltName`,
    );
  if (hostMatches) return pass(subject, `the certificate matches ${host}`);
  return fail(
    subject,
    `the certificate (“${who}”) does not match ${host}`,
    `get one for ${host}, or connect with the name in the certificate`,
  );
}

function judgeExpiry({ validFrom, validTo }: ShownTls, { id, name }: Of, now: string): JudgedFinding {
  const subject: Subject = {
    id: `${id}.expiry`,
    area: 'transit',
    title: `${name}: certificate expiry`,
    why: 'From that day on, clients refuse to connect, or people learn to ignore warnings.',
  };
  if (validTo === undefined)
    return unknown(subject, 'its expiry date could not be read', 'check the certificate');
  if (validFrom !== undefined && daysBetween(validFrom, now) < 0)
    return fail(
      subject,
      `it is not valid before ${dayOf(validFrom)}`,
      'check the clocks of both machines, or replace it',
    );
  const days = daysBetween(now, validTo);
  if (days < 0) return fail(subject, `it expired on ${dayOf(validTo)}`, 'renew it, and automate renewal');
  const seen = `valid until ${dayOf(validTo)}, ${counted(days, 'day')} from now`;
  const life = validFrom === undefined ? undefined : daysBetween(validFrom, validTo);
  if (days < Math.min(soonDays, (life ?? Number.POSITIVE_INFINITY) / 2))
    return warn(subject, seen, 'renew it now, and automate renewal');
  if (life !== undefined && life >= tooLongDays)
    return warn(
      subject,
      `${seen}; it was issued for ${formatCount(Math.floor(life / 365))} years`,
      'use certificates of a year or less, and automate renewal',
    );
  return pass(subject, seen);
}

import { type JudgedFinding, fail, pass, type Subject, unknown } from '#posture/finding';
import type { ShownTls } from '#posture/look/tls-handshake';
import type { CipherFacts } from '#posture/look/weak-ciphers';
import { weakSuites } from '#posture/look/tls-suites';
import { formatCount } from '#shared/counted';
import { enumerated } from '#shared/enumerated';

/** NIST SP 800-57 part 1, table 2: 112 bits of security. */
const leastRsaBits = 2048;
const leastCurveBits = 224;
const leastGroupBits = 2048;

interface Of {
  readonly id: string;
  readonly name: string;
}

/** Cipher suites, forward secrecy and the sizes of keys, as far as they were asked for. */
export function judgeCiphers(tls: ShownTls, ciphers: CipherFacts | undefined, of: Of): JudgedFinding[] {
  return [judgeSuites(ciphers, of), judgeForwardSecrecy(ciphers, of), judgeSizes(tls, ciphers, of)];
}

function judgeSuites(ciphers: CipherFacts | undefined, { id, name }: Of): JudgedFinding {
  const subject: Subject = {
    id: `${id}.ciphers`,
    area: 'transit',
    title: `${name}: cipher suites`,
    why: 'If a server accepts a weak suite, a man in the middle can force its use.',
  };
  const remedy = 'allow ECDHE suites with AES-GCM or ChaCha20-Poly1305 only, and TLS 1.3';
  if (!ciphers) return unknown(subject, 'which suites the server accepts could not be determined', remedy);
  const { weak, unclear } = ciphers;
  if (weak.length > 0) return fail(subject, `suites ${enumerated(weak.map(named))} are accepted`, remedy);
  if (unclear.length > 0)
    return unknown(
      subject,
      `whether suites ${enumerated(unclear.map(named))} are accepted could not be determined`,
      remedy,
    );
  return pass(subject, `no suite ${Object.keys(weakSuites).map(named).join(', ')} is accepted`);
}

/** Ends “suites …”. */
function named(kind: string): string {
  return /^(?:without|of) /.test(kind) ? kind : `with ${kind}`;
}

function judgeForwardSecrecy(ciphers: CipherFacts | undefined, { id, name }: Of): JudgedFinding {
  const subject: Subject = {
    id: `${id}.forward-secrecy`,
    area: 'transit',
    title: `${name}: forward secrecy`,
    why: 'Without it, traffic recorded today can be read once the server’s key is known.',
  };
  const remedy = 'allow ECDHE suites, or TLS 1.3';
  if (ciphers?.forwardSecrecy === undefined)
    return unknown(subject, 'whether each session gets its own key could not be determined', remedy);
  return ciphers.forwardSecrecy
    ? pass(subject, 'the server negotiates a separate key for each session')
    : fail(subject, 'the server has no suite that negotiates a separate key for each session', remedy);
}

function judgeSizes(
  { keyType, keyBits }: ShownTls,
  ciphers: CipherFacts | undefined,
  { id, name }: Of,
): JudgedFinding {
  const subject: Subject = {
    id: `${id}.key-size`,
    area: 'transit',
    title: `${name}: key size`,
    why: 'Keys with less than 112 bits of security can be broken by anyone who can afford it.',
  };
  const group = ciphers?.groupBits;
  if (group !== undefined && group < leastGroupBits)
    return fail(
      subject,
      `it uses a Diffie-Hellman group of ${group} bits`,
      'configure a group of 2,048 bits or more, or ECDHE suites only',
    );
  if (keyType === undefined || keyBits === undefined)
    return unknown(subject, 'the size of its key could not be read', 'check the certificate');
  const least = keyType === 'RSA' ? leastRsaBits : leastCurveBits;
  const seen = `the certificate’s key is ${keyType}, ${formatCount(keyBits)} bits`;
  if (keyBits < least) return fail(subject, seen, 'get a certificate with a larger key');
  return pass(subject, seen);
}

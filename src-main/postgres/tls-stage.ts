import { type Text, text } from '#errors/text';
import { fromDriverError, refusedByNamedAuthority } from './connection-errors.ts';
import { failed, type Found, passed, warning } from './connection-stage.ts';
import type { DatabaseTarget } from './target.ts';
import { verification } from './tls.ts';
import type { ShownCertificate } from './tls-probe.ts';
import { isLoopback } from './transport.ts';

/** A certificate that ends sooner than this is told of. */
const soonDays = 30;
const dayMs = 86_400_000;

/** What a target's sslmode makes of a server without TLS, or does not ask for. */
export function judgePlain(target: DatabaseTarget): Found {
  const { host, sslmode } = target;
  if (host.startsWith('/')) return passed('a Unix socket: nothing leaves this machine');
  const mayBePlain = sslmode === 'disable' || sslmode === 'allow' || sslmode === 'prefer';
  if (!mayBePlain) throw new Error('the server does not support SSL connections');
  if (isLoopback(host)) return passed('not encrypted; the connection does not leave this machine');
  const why =
    sslmode === 'disable' ? `sslmode=${sslmode} does not request TLS` : 'the server does not offer TLS';
  return warning(
    `not encrypted (${why}): passwords and rows can be read and changed in transit`,
    sslmode === 'disable'
      ? 'use sslmode=verify-full'
      : 'turn on `ssl` on the server, then use sslmode=verify-full',
  );
}

/** What a target's sslmode makes of the certificate that the server showed. */
export function judgeCertificate(target: DatabaseTarget, shown: ShownCertificate, now: Date): Found {
  const { sslmode, host } = target;
  const checks = verification(target);
  if (shown.chainFault !== undefined && checks !== 'none') return refused(target, shown.chainFault, shown);
  if (!shown.hostMatches && checks === 'chain-and-host')
    return refused(target, 'ERR_TLS_CERT_ALTNAME_INVALID', shown);
  const expiry = judgeExpiry(shown, now);
  const facts = `${describe(shown)}${expiry ? `, ${expiry}` : ''}`;
  const protocol = shown.protocol.replace('TLSv', 'TLS ');
  if (checks === 'chain-and-host') {
    const message = `${protocol}, chain and host name verified; ${facts}`;
    return expiry ? warning(message, 'renew the certificate') : passed(message);
  }
  if (checks === 'chain') {
    return warning(
      `${protocol}, chain verified, but not the host name: any certificate from that CA passes; ${facts}`,
      shown.hostMatches
        ? 'use sslmode=verify-full: the certificate would pass'
        : `get a certificate for ${host}, then use sslmode=verify-full`,
    );
  }
  const weakness =
    sslmode === 'require'
      ? 'encrypted, but the server is not authenticated'
      : 'encrypted this time, but the server is not authenticated, and a man in the middle can turn TLS off';
  return warning(`${protocol}, ${weakness}; ${facts}`, towardsVerifyFull(target, shown));
}

function refused(target: DatabaseTarget, code: string, shown: ShownCertificate): Found {
  const named = refusedByNamedAuthority(target, code, shownName(shown.issuer));
  if (named) return failed(`${named.message}; ${describe(shown)}`, named.remedy);
  // OpenSSL has more faults than there are words for
  const fault = Object.assign(new Error(`the certificate was rejected: ${code}`), { code });
  const { message, remedy } = fromDriverError(fault, target.host);
  return failed(`${message}; ${describe(shown)}`, remedy);
}

function towardsVerifyFull({ host, sslrootcert }: DatabaseTarget, shown: ShownCertificate): Text {
  if (shown.chainFault === 'CERT_HAS_EXPIRED') return 'renew the certificate, then use sslmode=verify-full';
  if (!shown.hostMatches) return `get a certificate for ${host}, then use sslmode=verify-full`;
  if (shown.chainFault === undefined) return 'use sslmode=verify-full: the certificate would pass';
  const authority = shownName(shown.issuer);
  return text`use sslmode=verify-full, with ${{ do: 'root-certificate', authority, another: sslrootcert !== undefined }}`;
}

function judgeExpiry({ validTo }: ShownCertificate, now: Date): string | undefined {
  const days = Math.floor((validTo.getTime() - now.getTime()) / dayMs);
  if (days >= soonDays) return undefined;
  if (days < 0) return 'which has passed';
  return days === 1 ? 'in 1 day' : `in ${days} days`;
}

function describe({ subject, issuer, validTo }: ShownCertificate): string {
  const end = Number.isNaN(validTo.getTime()) ? 'an unknown date' : validTo.toISOString().slice(0, 10);
  return `certificate of ${shownName(subject)}, signed by ${shownName(issuer)}, valid until ${end}`;
}

/** The server wrote it. */
function shownName(text: string): string {
  return `“${text.replace(/[\p{C}\s]+/gu, ' ').slice(0, 80)}”`;
}

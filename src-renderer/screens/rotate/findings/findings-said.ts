import type { EnvironmentCard } from '#contract/environments';
import type { Finding } from '#contract/rotation';

/** Who else is connected, like `other sessions are connected (3 × ballast-api)`; undefined where nobody is. */
export function connectedSessions(findings: readonly Finding[]): string | undefined {
  const sessions = findings.find(({ code }) => code === 'other-sessions')?.sessions;
  return sessions && `other sessions are connected (${sessions.join(', ')})`;
}

/** What was rehearsed on, like ` on PostgreSQL 18.4, TLS 1.3`; empty where it is not known. */
export function serverInWords(findings: readonly Finding[], transport: EnvironmentCard['transport']): string {
  const server = findings.find(({ code, level }) => code === 'version' && level === 'pass')?.message;
  if (server === undefined) return '';
  const protocol = transport?.protocol ?? (transport?.local ? 'local socket' : undefined);
  return ` on ${server}${protocol === undefined ? '' : `, ${protocol.replace(/^TLSv/, 'TLS ')}`}`;
}

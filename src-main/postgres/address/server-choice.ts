import { malformed } from './malformed.ts';

/** Values of libpq's target_session_attrs and of JDBC's targetServerType that a server which takes writes meets. */
const writable = ['any', 'read-write', 'primary', 'master', 'preferPrimary'];
const readOnly = [
  'read-only',
  'standby',
  'prefer-standby',
  'secondary',
  'slave',
  'preferSecondary',
  'preferSlave',
];

/** What is to be said of which server of an address is used. Throws `url-malformed` for a word that is none. */
export function noteOnServers(wanted: string | undefined, hosts: number): string[] {
  if (wanted !== undefined && !writable.includes(wanted) && !readOnly.includes(wanted)) {
    throw malformed(
      `\`${wanted.slice(0, 20)}\` is not a value of target_session_attrs`,
      'use read-write, or remove it',
    );
  }
  const chosen = `${hosts} hosts are listed: the first that accepts writes is used`;
  if (wanted === undefined || writable.includes(wanted)) return hosts > 1 ? [chosen] : [];
  const reason = `${wanted} is ignored: Keel needs a server that accepts writes`;
  return hosts > 1 ? [reason, chosen] : [reason];
}

import { offer, speaksSsl2, versions } from './client-hello.ts';
import type { OpenSocket } from './tls-handshake.ts';
import { oldSuites } from './tls-suites.ts';

/** Which of the versions that TLS 1.2 replaced a server still speaks; `unclear` those to which it gave no clear answer. */
export interface OldProtocols {
  readonly accepted: readonly string[];
  readonly unclear: readonly string[];
}

/** Newest first. */
export const oldVersions = ['TLS 1.1', 'TLS 1.0', 'SSL 3.0', 'SSL 2.0'] as const;

/** Asks for each of them, alone and on a socket of its own. */
export async function askForOldProtocols(
  open: OpenSocket,
  host: string,
  signal: AbortSignal,
): Promise<OldProtocols> {
  const accepted: string[] = [];
  const unclear: string[] = [];
  for (const name of oldVersions) {
    const answer = await speaks(name, open, host, signal);
    if (answer === 'yes') accepted.push(name);
    if (answer === 'unclear') unclear.push(name);
  }
  return { accepted, unclear };
}

async function speaks(
  name: (typeof oldVersions)[number],
  open: OpenSocket,
  host: string,
  signal: AbortSignal,
): Promise<'yes' | 'refused' | 'unclear'> {
  if (name === 'SSL 2.0') return speaksSsl2(open, signal);
  const answer = await offer(open, host, { version: versions[name], suites: oldSuites }, signal);
  if (typeof answer === 'string') return answer;
  // one that answers in an older version is asked for that by itself
  return answer.version === versions[name] ? 'yes' : 'refused';
}

import { type HelloAnswer, offer, versions } from './client-hello.ts';
import type { OldProtocols } from './old-protocols.ts';
import type { OpenSocket } from './tls-handshake.ts';
import { dheSuites, ecdheSuites, weakSuites } from './tls-suites.ts';

/** What a server would agree to that it should not, in TLS 1.2 and in each older version that it speaks. */
export interface CipherFacts {
  /** Kinds of suites that it accepted, like `without encryption`. */
  readonly weak: readonly string[];
  /** Kinds to which it gave no clear answer. */
  readonly unclear: readonly string[];
  /** Bits of its Diffie-Hellman group, where it has one. */
  readonly groupBits?: number;
  /** Absent where that could not be found out. */
  readonly forwardSecrecy?: boolean;
}

/** Asks a server for each kind of weak suite, for its Diffie-Hellman group and for forward secrecy, each on a socket of its own. */
export async function askForWeakCiphers(
  open: OpenSocket,
  host: string,
  spoken: { readonly tls13: boolean; readonly old: OldProtocols | undefined },
  signal: AbortSignal,
): Promise<CipherFacts> {
  const inVersions = [
    versions['TLS 1.2'],
    ...(spoken.old?.accepted ?? []).flatMap((name) => (isWireVersion(name) ? [versions[name]] : [])),
  ];
  const ask = async (suites: readonly number[]): Promise<HelloAnswer> => {
    let answer: HelloAnswer = 'refused';
    for (const version of inVersions) {
      const one = await offer(open, host, { version, suites }, signal);
      if (typeof one === 'object') return one;
      if (one === 'unclear') answer = one;
    }
    return answer;
  };
  const weak: string[] = [];
  const unclear: string[] = [];
  for (const [name, suites] of Object.entries(weakSuites)) {
    const answer = await ask(suites);
    if (typeof answer === 'object') weak.push(name);
    else if (answer === 'unclear') unclear.push(name);
  }
  const group = await ask(dheSuites);
  const ephemeral = spoken.tls13 || typeof group === 'object' ? group : await ask(ecdheSuites);
  const forwardSecrecy =
    spoken.tls13 || typeof ephemeral === 'object' ? true : ephemeral === 'refused' ? false : undefined;
  return {
    weak,
    unclear,
    ...(typeof group === 'object' && group.groupBits !== undefined && { groupBits: group.groupBits }),
    ...(forwardSecrecy !== undefined && { forwardSecrecy }),
  };
}

function isWireVersion(name: string): name is keyof typeof versions {
  return Object.hasOwn(versions, name);
}

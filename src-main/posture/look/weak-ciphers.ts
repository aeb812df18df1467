import { createSecureContext } from 'node:tls';
import { type OpenSocket, shakeHands } from './tls-handshake.ts';

/** What a server would agree to in TLS 1.2 that it should not. */
export interface CipherFacts {
  /** Kinds of suites that it accepted, like `without encryption`. */
  readonly weak: readonly string[];
  /** Kinds that this runtime cannot ask for any more. */
  readonly notAsked: readonly string[];
  /** Bits of its Diffie-Hellman group, where it has one. */
  readonly groupBits?: number;
  /** Absent where that could not be found out. */
  readonly forwardSecrecy?: boolean;
}

/** By what OpenSSL calls them (openssl-ciphers(1)). */
const weakKinds = {
  'without encryption': 'eNULL',
  'without authentication': 'aNULL',
  'of export strength': 'EXPORT',
  RC4: 'RC4',
  DES: 'DES',
  'triple DES': '3DES',
} as const;

/** Asks a server for each kind of weak suite, for its Diffie-Hellman group and for forward secrecy, each on a socket of its own. */
export async function askForWeakCiphers(
  open: OpenSocket,
  host: string,
  speaksTls13: boolean,
  signal: AbortSignal,
): Promise<CipherFacts> {
  const weak: string[] = [];
  const notAsked: string[] = [];
  for (const [name, ciphers] of Object.entries(weakKinds)) {
    const answer = await agree(open, host, ciphers, signal);
    if (answer === 'cannot-ask') notAsked.push(name);
    else if (answer !== 'refused') weak.push(name);
  }
  const group = await agree(open, host, 'DHE', signal);
  const ephemeral = await agree(open, host, 'ECDHE:DHE', signal);
  const forwardSecrecy =
    speaksTls13 || typeof ephemeral === 'object' ? true : ephemeral === 'refused' ? false : undefined;
  return {
    weak,
    notAsked,
    ...(typeof group === 'object' && group.groupBits !== undefined && { groupBits: group.groupBits }),
    ...(forwardSecrecy !== undefined && { forwardSecrecy }),
  };
}

type Agreed = { readonly groupBits?: number } | 'refused' | 'cannot-ask';

async function agree(open: OpenSocket, host: string, kind: string, signal: AbortSignal): Promise<Agreed> {
  const ciphers = `${kind}:@SECLEVEL=0`;
  try {
    createSecureContext({ ciphers, maxVersion: 'TLSv1.2' });
  } catch {
    return 'cannot-ask';
  }
  const socket = await open(signal);
  try {
    const only = { ciphers, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const secure = await shakeHands(socket, host, only, signal);
    const { type, size } = secure.getEphemeralKeyInfo() as { type?: string; size?: number };
    return type === 'DH' && size !== undefined ? { groupBits: size } : {};
  } catch (error) {
    signal.throwIfAborted();
    const { code = '' } = error as NodeJS.ErrnoException;
    // the server agreed, and this side found the group too small to go on
    if (/DH_KEY_TOO_SMALL/.test(code)) return { groupBits: 512 };
    return 'refused';
  } finally {
    socket.destroy();
  }
}

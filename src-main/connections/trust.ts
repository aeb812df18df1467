import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { systemRoots } from '#postgres/tls';

/** Who is trusted to sign certificates, and the oldest TLS that is spoken (Ballast asks for 1.2). */
export interface Trust {
  /** PEM certificates. */
  readonly roots: readonly (string | Buffer)[];
  /** Made from them once: reading them again for each connection takes longer than the connection. */
  readonly context: SecureContext;
}

export const oldestTls = 'TLSv1.2';

/** The authorities that the runtime and this machine trust, and those that the admin named. */
export function trustIn(named: readonly Buffer[]): Trust {
  const roots = [...new Set<string | Buffer>([...rootCertificates, ...systemRoots(), ...named])];
  return { roots, context: createSecureContext({ ca: roots, minVersion: oldestTls }) };
}

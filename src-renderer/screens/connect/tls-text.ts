import type { SslMode } from '#contract/environments';

/** What a mode of TLS does, in words that hold for PostgreSQL's own clients too. */
export interface TlsWords {
  readonly mode: SslMode;
  readonly title: string;
  /** One sentence on what it means. */
  readonly says: string;
  readonly encrypted: 'always' | 'maybe' | 'never';
  readonly checksAuthority: boolean;
  readonly checksHost: boolean;
}

/** Safest first. */
export const tlsModes: readonly TlsWords[] = [
  {
    mode: 'verify-full',
    title: 'verify CA and host name',
    says: 'The certificate must be issued by a CA that is trusted here, and for this host name.',
    encrypted: 'always',
    checksAuthority: true,
    checksHost: true,
  },
  {
    mode: 'verify-ca',
    title: 'verify CA only',
    says: 'The certificate must be issued by a trusted CA. The host name is not compared: any server with such a certificate is accepted.',
    encrypted: 'always',
    checksAuthority: true,
    checksHost: false,
  },
  {
    mode: 'require',
    title: 'encrypt without verifying the server',
    says: 'Traffic is encrypted, but the server is not authenticated: a man in the middle can read everything.',
    encrypted: 'always',
    checksAuthority: false,
    checksHost: false,
  },
  {
    mode: 'prefer',
    title: 'encrypt if the server supports it',
    says: 'Silently falls back to an unencrypted connection. PostgreSQL’s default if the URL has no sslmode.',
    encrypted: 'maybe',
    checksAuthority: false,
    checksHost: false,
  },
  {
    mode: 'allow',
    title: 'encrypt only if the server requires it',
    says: 'Tries without encryption first, and encrypts only if that is refused.',
    encrypted: 'maybe',
    checksAuthority: false,
    checksHost: false,
  },
  {
    mode: 'disable',
    title: 'no encryption',
    says: 'The password and all data are sent unencrypted. Only for a local server, or through an encrypted tunnel.',
    encrypted: 'never',
    checksAuthority: false,
    checksHost: false,
  },
];

/** The words of one mode; a root certificate that is named is checked under `require` too, as libpq does. */
export function tlsWords(mode: SslMode, hasRoot: boolean): TlsWords {
  const words = tlsModes.find((one) => one.mode === mode) as TlsWords;
  if (mode !== 'require' || !hasRoot) return words;
  return {
    ...words,
    says: 'With a root certificate chosen, the server’s certificate must be issued by it, as with verify-ca.',
    checksAuthority: true,
  };
}

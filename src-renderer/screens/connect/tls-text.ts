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
    title: 'checks authority and host',
    says: 'The certificate must come from an authority that is trusted here, and be for this host name.',
    encrypted: 'always',
    checksAuthority: true,
    checksHost: true,
  },
  {
    mode: 'verify-ca',
    title: 'checks the authority',
    says: 'The certificate must come from a trusted authority, but any of its servers will do: the host name is not compared.',
    encrypted: 'always',
    checksAuthority: true,
    checksHost: false,
  },
  {
    mode: 'require',
    title: 'encrypts, checks nothing',
    says: 'Nobody can listen in passing, but who stands in between and pretends to be the server reads everything.',
    encrypted: 'always',
    checksAuthority: false,
    checksHost: false,
  },
  {
    mode: 'prefer',
    title: 'encrypts if it is offered',
    says: 'Falls back to no encryption without a word. PostgreSQL’s default where an address names no mode.',
    encrypted: 'maybe',
    checksAuthority: false,
    checksHost: false,
  },
  {
    mode: 'allow',
    title: 'encrypts if it must',
    says: 'Begins without encryption, and turns to it if it is refused.',
    encrypted: 'maybe',
    checksAuthority: false,
    checksHost: false,
  },
  {
    mode: 'disable',
    title: 'no encryption',
    says: 'The password and every row cross the network as they are. For a server on this machine, or a tunnel that encrypts.',
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
    says: 'With a root certificate chosen, the server’s certificate must come from it, as under verify-ca.',
    checksAuthority: true,
  };
}

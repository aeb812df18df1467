import { example, malformed } from './malformed.ts';

/** Of libpq, from the least to the most that is asked of a server. */
export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

export interface TlsWords {
  readonly sslmode: SslMode;
  readonly notes: readonly string[];
}

const yes = ['', 'true', '1', 'yes', 'on', 't'];
const no = ['false', '0', 'no', 'off', 'f'];

/**
 * The sslmode that an address asks for by whatever word its driver has for it: the strictest of them, since none may lower another.
 * `preset` is that of PGSSLMODE, for an address that has no sslmode of its own. Throws `url-malformed` for a word that none has.
 */
export function readTlsWords(
  values: ReadonlyMap<string, string>,
  {
    jdbc,
    preset,
    systemRoots,
  }: {
    readonly jdbc: boolean;
    readonly preset: string | undefined;
    /** Whether the server’s certificate is to be signed by an authority that this system trusts. */
    readonly systemRoots: boolean;
  },
): TlsWords {
  const asked: SslMode[] = [];
  const notes: string[] = [];
  const take = (mode: SslMode, said?: string) => {
    asked.push(mode);
    if (said !== undefined) notes.push(said);
  };
  const sslmode = values.get('sslmode') || preset;
  if (sslmode === 'no-verify') take('require', noVerify('sslmode=no-verify'));
  else if (sslmode !== undefined) take(readSslMode(sslmode));
  const ssl = values.get('ssl');
  const unchecked = (values.get('sslfactory') ?? '').endsWith('NonValidatingFactory');
  if (ssl !== undefined && yes.includes(ssl)) {
    if (jdbc && !unchecked)
      take('verify-full', 'ssl=true is read as sslmode=verify-full, as the JDBC driver does');
    else if (jdbc) take('require', noVerify('sslfactory NonValidatingFactory'));
    else {
      take(
        'require',
        'ssl=true is read as sslmode=require, which does not verify the certificate; use sslmode=verify-full to verify it',
      );
    }
  } else if (ssl === 'no-verify') take('require', noVerify('ssl=no-verify'));
  else if (ssl !== undefined && no.includes(ssl)) {
    take('prefer', 'ssl=false is read as sslmode=prefer: TLS is used if the server offers it');
  } else if (ssl !== undefined) {
    const mode = sslModes.find((one) => one === ssl);
    if (!mode) throw unknownWord('ssl', ssl, 'use sslmode=verify-full or sslmode=require');
    take(mode, `ssl=${mode} is read as sslmode=${mode}`);
  }
  const required = values.get('requiressl');
  if (required === '1') take('require', 'requiressl=1 is read as sslmode=require');
  else if (required !== undefined && required !== '0') throw unknownWord('requiressl', required, example);
  const accept = values.get('sslaccept');
  if (accept === 'strict') take('verify-full', 'sslaccept=strict is read as sslmode=verify-full');
  else if (accept !== undefined && accept !== 'accept_invalid_certs')
    throw unknownWord('sslaccept', accept, 'use strict or accept_invalid_certs');
  const strictest = sslModes.findLast((mode) => asked.includes(mode));
  // libpq: such an authority signs for anybody, so that only the host name tells the server
  if (systemRoots && (strictest ?? 'verify-full') !== 'verify-full') {
    throw malformed(
      `sslrootcert=system does not go with sslmode=${strictest}, which does not check the host name`,
      'use sslmode=verify-full, or set sslrootcert to the file of the authority that signed the server’s certificate',
    );
  }
  return { sslmode: strictest ?? (systemRoots ? 'verify-full' : 'prefer'), notes };
}

function readSslMode(text: string): SslMode {
  const known = sslModes.find((mode) => mode === text);
  if (known) return known;
  throw malformed(`\`${text.slice(0, 20)}\` is not an sslmode`, `use one of ${sslModes.join(', ')}`);
}

function noVerify(word: string): string {
  return `${word} is read as sslmode=require, which does not verify the certificate`;
}

function unknownWord(name: string, word: string, remedy: string) {
  return malformed(`\`${word.slice(0, 20)}\` is not a known value of ${name}`, remedy);
}

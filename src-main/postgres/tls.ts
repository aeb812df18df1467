import { existsSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, checkServerIdentity, rootCertificates } from 'node:tls';
import type { Transport } from '#contract/environments';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { readSmallFile } from '#storage/small-file';
import type { DatabaseTarget } from './target.ts';

const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The TLS settings for a target's mode, or false for none. `pg` would treat every mode like verify-full, so the checks
 * are chosen here, as libpq's documentation ("SSL Support", table 34.1) has them. Throws `tls-failed` for a file that
 * cannot be used.
 */
export async function tlsOptions(target: DatabaseTarget): Promise<ConnectionOptions | false> {
  const { sslmode, host } = target;
  if (sslmode === 'disable' || host.startsWith('/')) return false;
  const client = await clientCertificate(target);
  const sni = isIP(host) ? {} : { servername: host };
  if (verification(target) === 'none') return { ...client, ...sni, rejectUnauthorized: false };
  return {
    ...client,
    ...sni,
    ca: await rootCertificatesFor(target.sslrootcert),
    rejectUnauthorized: true,
    checkServerIdentity: (_, certificate) =>
      sslmode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
  };
}

/** How far a target's mode has the server's certificate checked. */
export function verification({ sslmode, sslrootcert }: DatabaseTarget): Transport['verified'] {
  if (sslmode === 'verify-full') return 'chain-and-host';
  // with a root certificate named, or in its usual place, libpq checks the chain under `require` too
  const hasRoots = sslrootcert !== undefined || existsSync(ownRoots());
  const verifiesChain = sslmode === 'verify-ca' || (sslmode === 'require' && hasRoots);
  return verifiesChain ? 'chain' : 'none';
}

/** The machine's own list of trusted authorities, in PEM form, where it has one that can be read. */
export function systemRoots(): Buffer[] {
  const bundle = systemBundles.find((path) => existsSync(path));
  try {
    return bundle === undefined ? [] : [readFileSync(bundle)];
  } catch {
    return [];
  }
}

async function rootCertificatesFor(sslrootcert: string | undefined): Promise<(string | Buffer)[]> {
  const own = ownRoots();
  if (sslrootcert !== undefined && sslrootcert !== 'system')
    return [await readPem(sslrootcert, 'root certificate')];
  if (sslrootcert === undefined && existsSync(own)) return [await readPem(own, 'root certificate')];
  return trustedRoots();
}

/** Where libpq looks for an account’s root certificates. */
function ownRoots(): string {
  const folder =
    process.platform === 'win32'
      ? join(process.env['APPDATA'] ?? homedir(), 'postgresql')
      : join(homedir(), '.postgresql');
  return join(folder, 'root.crt');
}

/** The runtime's own roots and the system's, which the admin may have added to. */
export async function trustedRoots(): Promise<(string | Buffer)[]> {
  const bundle = systemBundles.find((path) => existsSync(path));
  return [...rootCertificates, ...(bundle ? [await readPem(bundle, 'root certificates')] : [])];
}

async function clientCertificate({ sslcert, sslkey }: DatabaseTarget): Promise<ConnectionOptions> {
  if (sslcert === undefined && sslkey === undefined) return {};
  if (sslcert === undefined || sslkey === undefined) {
    const lacking = sslcert === undefined ? 'sslcert' : 'sslkey';
    throw new KeelError(
      'tls-failed',
      `a client certificate needs both files; ${lacking} is missing`,
      text`${{ do: 'add-client-file', name: lacking }}`,
    );
  }
  const key = await readPem(sslkey, 'client key');
  const { mode, uid } = await stat(sslkey);
  const isOpen =
    process.platform !== 'win32' && (mode & (uid === 0 && process.getuid?.() !== 0 ? 0o027 : 0o077)) !== 0;
  if (isOpen) {
    throw new KeelError(
      'tls-failed',
      `the client key ${sslkey} can be read by other accounts`,
      `run chmod 600 ${sslkey}`,
    );
  }
  return { cert: await readPem(sslcert, 'client certificate'), key };
}

async function readPem(path: string, what: string): Promise<Buffer> {
  const read = await readSmallFile(path);
  if ('why' in read) {
    const message = `the ${what} ${path} cannot be read: ${read.why}`;
    throw new KeelError('tls-failed', message, 'check the path and its permissions', { cause: read.cause });
  }
  const { bytes } = read;
  if (bytes.includes('-----BEGIN ')) return bytes;
  throw new KeelError(
    'tls-failed',
    `the ${what} ${path} is not in PEM format`,
    'convert it with `openssl x509` or `openssl pkey`',
  );
}

import { KeelError } from '#errors/keel-error';
import { readSmallFile } from './small-file.ts';

/** The certificates in a PEM file of authorities that the admin named. Throws `tls-failed`; no connection was made then. */
export async function readRootCertificate(path: string): Promise<Buffer> {
  const read = await readSmallFile(path);
  if ('bytes' in read && read.bytes.includes('-----BEGIN CERTIFICATE-----')) return read.bytes;
  throw new KeelError(
    'tls-failed',
    `the root certificate ${path} cannot be used: ${'why' in read ? read.why : 'it is not in PEM format'}; no connection was made`,
    'specify a readable file of certificates in PEM format, or leave it out; `openssl x509` converts other formats',
    'why' in read ? { cause: read.cause } : {},
  );
}

import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A self-signed certificate for this machine, and its key. */
export async function rsaPair(folder: string, bits: number, ...more: string[]) {
  const path = (end: string) => join(folder, `rsa.${end}`);
  const request = [
    'req',
    '-x509',
    '-newkey',
    `rsa:${bits}`,
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-days',
    '30',
    ...more,
  ];
  execFileSync('openssl', [...request, '-keyout', path('key'), '-out', path('crt')], { stdio: 'ignore' });
  return { key: await readFile(path('key')), cert: await readFile(path('crt')) };
}

/** Quickly made: of the kind that a server of long ago has. */
export function smallGroup(): string {
  return execFileSync('openssl', ['dhparam', '-dsaparam', '1024'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  }).toString();
}

export interface Issued {
  readonly name?: string;
  /** `DNS:…`; none with an empty one. */
  readonly altName?: string;
  readonly days?: number;
  readonly key?: readonly string[];
  readonly digest?: string;
}

/** An authority in a folder, with an intermediate one, that issues certificates. */
export async function authorityIn(folder: string) {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const ec = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const authority = 'basicConstraints=critical,CA:TRUE';
  const root = ['req', '-x509', '-newkey', ...ec, '-nodes', '-days', '400', '-addext', authority];
  openssl(...root, '-subj', '/CN=Root of a test', '-keyout', 'root.key', '-out', 'root.crt');

  const issue = async (
    file: string,
    { name = 'localhost', altName = 'DNS:localhost', days = 90, key = ec, digest = 'sha256' }: Issued = {},
    { by = 'root', extensions = altName && `subjectAltName=${altName}` } = {},
  ) => {
    openssl(
      'req',
      '-newkey',
      ...key,
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${file}.key`,
      '-out',
      `${file}.csr`,
    );
    await writeFile(path(`${file}.ext`), `${extensions}\n`);
    const signed = ['x509', '-req', '-in', `${file}.csr`, '-CA', `${by}.crt`, '-CAkey', `${by}.key`];
    openssl(
      ...signed,
      '-CAcreateserial',
      '-days',
      String(days),
      `-${digest}`,
      '-extfile',
      `${file}.ext`,
      '-out',
      `${file}.crt`,
    );
    return { key: await readFile(path(`${file}.key`)), cert: await readFile(path(`${file}.crt`)) };
  };
  const middle = await issue('middle', { name: 'Between', altName: '' }, { extensions: authority });
  return { root: path('root.crt'), middle: middle.cert, issue };
}

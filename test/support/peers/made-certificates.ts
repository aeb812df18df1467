import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
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

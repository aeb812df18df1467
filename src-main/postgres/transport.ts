import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type pg from 'pg';
import type { Transport } from '#contract/environments';
import type { DatabaseTarget } from './target.ts';
import { verification } from './tls.ts';

/** How a connection that was made with `connect` is protected on its way. */
export function transportOf(client: pg.Client, target: DatabaseTarget): Transport {
  const local = target.host.startsWith('/');
  const stream = (client as pg.Client & { connection?: { stream?: Socket } }).connection?.stream;
  if (!(stream instanceof TLSSocket)) return { encrypted: false, verified: 'none', local };
  const protocol = stream.getProtocol();
  const validTo = Date.parse(stream.getPeerCertificate().valid_to);
  return {
    encrypted: true,
    ...(protocol && { protocol }),
    verified: verification(target),
    ...(!Number.isNaN(validTo) && { validTo: new Date(validTo).toISOString() }),
    local,
  };
}

/** A host on this very machine. What a tunnel that ends here leads to is not. */
export function isLoopback(host: string): boolean {
  if (host.startsWith('/')) return true;
  const bare = host.toLowerCase().replace(/\.$/, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

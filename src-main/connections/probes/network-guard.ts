import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ProbeEnded } from '#connections/verdict';
import { orAborted } from '#shared/or-aborted';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name; the system's own way unless a test says otherwise. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

export interface GuardOptions {
  /** Private, loopback and link-local addresses too: the admin's explicit word. */
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  readonly resolve?: Resolve;
}

/** Public by its range, but answers with a machine's own secrets there: Azure's platform address. */
const platformAddresses = new Set(['168.63.129.16']);

/**
 * The addresses that a probe may connect to, and the only ones: what is looked up again later could be another machine (DNS
 * rebinding). Ends the probe with `name-unknown`, or with `private-target` where any of them is not public.
 */
export async function resolveTarget(host: string, options: GuardOptions): Promise<readonly Address[]> {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(bare)
    ? [{ address: bare, family: isIP(bare) }]
    : await orAborted(lookUp(bare, options.resolve ?? resolveBySystem), options.signal);
  options.signal.throwIfAborted();
  if (!options.allowPrivate && !found.every(({ address }) => isPublic(address))) {
    throw new ProbeEnded('private-target');
  }
  return found;
}

/** Whether an address belongs to the public internet: no private, loopback, link-local, metadata or reserved range. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // an IPv4 address in IPv6 clothes is judged as what it is
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && !platformAddresses.has(parsed.toString());
}

/** Answers what was resolved before, whatever name is asked for. */
export function pinnedLookup(addresses: readonly Address[]): LookupFunction {
  return (_host, { all }, answer) => {
    const [first] = addresses;
    if (all) answer(null, [...addresses]);
    else answer(null, first?.address ?? '', first?.family);
  };
}

const resolveBySystem: Resolve = (host) => lookup(host, { all: true });

async function lookUp(host: string, resolve: Resolve): Promise<readonly Address[]> {
  const found = await resolve(host).catch(() => []);
  if (found.length === 0) throw new ProbeEnded('name-unknown');
  return found;
}

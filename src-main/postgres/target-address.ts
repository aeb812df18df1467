import type { DatabaseAddress } from '#contract/environments';
import type { Secret } from '#crypto/secret';
import type { DatabaseTarget } from './target.ts';

/** Seconds that a connection from the window may take to come up. */
const connectTimeoutMs = 10_000;

/** How to reach the database at an address. The target holds `password` itself, which stays the caller's to dispose. */
export function targetFromAddress(address: DatabaseAddress, password?: Secret): DatabaseTarget {
  return { ...address, connectTimeoutMs, ...(password && { password }) } as DatabaseTarget;
}

/** The address of a target: everything but its password. */
export function addressOf(target: DatabaseTarget): DatabaseAddress {
  const { password: _, connectTimeoutMs: __, ...address } = target;
  return address;
}

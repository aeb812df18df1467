import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ProbeResult } from '#contract/connections';
import type { SecretKind } from '#contract/inventory';
import { type ConnectionTestOptions, startConnectionTest } from '#connections/connection-test';
import { tlsFixtures } from '../postgres/postgres-server.ts';

/** The authority that signed the test servers' certificates. */
export const testRoots = [readFileSync(join(tlsFixtures, 'ca.crt'))];

export interface ProbeChoice extends Partial<ConnectionTestOptions> {
  readonly source?: string;
  readonly kind?: SecretKind;
}

/** Tries one credential; whatever comes back must not hold any of its `secrets`. */
export async function probeOne(
  value: string | object,
  secrets: readonly string[],
  { source, kind = 'credentials', ...options }: ProbeChoice = {},
): Promise<ProbeResult> {
  const test = startConnectionTest({
    signal: new AbortController().signal,
    allowPrivate: true,
    roots: testRoots,
    timeoutMs: 5_000,
    ...options,
  });
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const secret = Buffer.from(text, 'utf8');
  const taken = test.take({
    schema: 'public',
    table: 'source_connection',
    column: 'credentials',
    row: 'id=1',
    kind,
    ...(source !== undefined && { shortName: source }),
    secret,
  });
  // the owner may wipe it as soon as it was handed over
  secret.fill(0);
  await taken;
  const { results } = await test.finish();
  const [result] = results;
  if (!result || results.length !== 1) throw new Error('one credential gives one result');
  for (const part of secrets) expect(JSON.stringify(result)).not.toContain(part);
  return result;
}

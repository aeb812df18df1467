import { inspect } from 'node:util';
import type pg from 'pg';
import { expect } from 'vitest';
import { inTerminalWords } from '#commands/act-text';
import { KeelError } from '#errors/keel-error';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';

export const password = 'pässword-hunter2';

export interface Where {
  readonly user?: string;
  readonly given?: string;
  readonly host?: string;
  readonly database?: string;
}

export const urlOf = (port: number, parameters: string, where: Where = {}) => {
  const { user = 'ann', given = password, host = '127.0.0.1', database = 'postgres' } = where;
  return `postgres://${user}:${encodeURIComponent(given)}@${host}:${port}/${database}?${parameters}`;
};

/** Connects as Keel does, hands on the session, and ends it. */
export async function inSession<T>(url: string, look: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(parseDatabaseUrl(url, {}), { applicationName: 'keel connect test' });
  try {
    return await look(client);
  } finally {
    await client.end();
  }
}

/** The error that stands in the way, which never shows a password. */
export async function refusal(url: string): Promise<KeelError> {
  const error: unknown = await inSession(url, async () => undefined).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(KeelError);
  const { message, remedy, cause } = error as KeelError;
  for (const shown of [message, inTerminalWords(remedy), inspect(cause, { depth: 9 })])
    expect(shown).not.toContain('hunter2');
  expect(message).not.toContain('undefined');
  expect(remedy).not.toBe('');
  return error as KeelError;
}

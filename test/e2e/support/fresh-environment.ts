import type { Page } from '@playwright/test';
import { acmeName, passphrase } from './acme.ts';
import { call } from './window-calls.ts';

/** Sealing a key and opening it again cost seconds of scrypt each, more on a busy machine. */
export const sealing = { timeout: 45_000 };

/** A database that Keel knows and whose key it does not. Answers the environment's id. */
export async function addEnvironment(page: Page, databaseUrl: string): Promise<string> {
  const url = new URL(databaseUrl);
  url.search = '?sslmode=disable';
  const { environment } = await call(page, 'environments.add', {
    name: acmeName,
    colour: 'red',
    production: true,
    connection: { url: url.href },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  return environment as string;
}

/** Takes a key into the ring, unproven. Answers its fingerprint. */
export async function adoptKey(page: Page, environment: string, key: Buffer): Promise<string> {
  const source = { kind: 'typed', text: key.toString('base64') };
  // a key that is typed is imported with a press
  await page.mouse.click(640, 8);
  const { fingerprint } = await call(page, 'keys.adopt', { environment, source });
  return fingerprint as string;
}

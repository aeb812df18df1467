import { parsedUrl } from '#shared/parsed-url';
import { type Fields, firstOf } from './credential-fields.ts';
import { plainMeaning } from './probes/http-meaning.ts';
import type { HttpPlan } from './probe-plan.ts';
import { basic, isSendable, tokenFields } from './recognise-provider.ts';
import { asHost } from './server-name.ts';

const urlFields = [
  'base_url',
  'api_url',
  'api_base',
  'endpoint',
  'server_url',
  'instance_url',
  'url',
  'host',
];
const userFields = ['username', 'user', 'login', 'email', 'client_id'];
const passwordFields = ['password', 'api_token', 'token', 'secret', 'client_secret'];

/**
 * An API that is no known provider's: its address is asked for, by bearer where the credential holds a token, else by user
 * and password. Undefined where the credential names no address, or nothing to show there.
 */
export function planApi(fields: Fields): HttpPlan | 'unreadable' | undefined {
  const address = urlFields
    .map((name) => firstOf(fields, [name]))
    .find((value) => /^\s*https?:\/\//i.test(value ?? ''));
  if (address === undefined) return undefined;
  const url = parsedUrl(address.trim());
  const host = url && asHost(url.hostname);
  if (!url || !host) return 'unreadable';
  const authorization = authorise(fields, url);
  if (authorization === undefined) return undefined;
  return {
    probe: 'http',
    host,
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    method: 'GET',
    secure: url.protocol === 'https:',
    path: `${url.pathname}${url.search}`,
    headers: { authorization },
    anonymous: {},
    meaning: plainMeaning,
  };
}

function authorise(fields: Fields, url: URL): string | undefined {
  const user = firstOf(fields, userFields) ?? decode(url.username);
  const password = firstOf(fields, passwordFields) ?? decode(url.password);
  const isBasic =
    user !== undefined && password !== undefined && firstOf(fields, ['access_token']) === undefined;
  if (isBasic) return basic(user, password);
  const token = firstOf(fields, tokenFields)?.trim();
  return token !== undefined && isSendable(token) ? `Bearer ${token}` : undefined;
}

function decode(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

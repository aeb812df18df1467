import { type Fields, firstOf } from './credential-fields.ts';
import type { HttpPlan } from './probe-plan.ts';
import type { ProviderProbe } from './provider-probes.ts';
import { asHost } from './server-name.ts';

/** Names that tokens go by, the ones that say most first. */
export const tokenFields = [
  'access_token',
  'bot_token',
  'personal_access_token',
  'private_token',
  'api_token',
  'api_key',
  'secret_key',
  'oauth_token',
  'auth_token',
  'bearer_token',
  'integration_token',
  'token',
  'pat',
  'key',
];

/** Names that servers go by where a credential names one. */
const serverFields = [
  'base_url',
  'api_url',
  'instance_url',
  'api_base',
  'endpoint',
  'server_url',
  'url',
  'host',
];

/** A credential that may hold a token. */
export interface TokenHolder {
  /** The token itself, where the credential is nothing else. */
  readonly bare: string | undefined;
  readonly fields: Fields;
  /** Short name of the source, in plain letters. */
  readonly source: string | undefined;
}

/** The token, by the names that any provider's goes by. */
export function tokenOf(
  { bare, fields }: TokenHolder,
  names: readonly string[] = tokenFields,
): string | undefined {
  return bare ?? firstOf(fields, names)?.trim();
}

/** The probes whose provider a token belongs to by its beginning, else by the short name of its source. */
function probesFor(holder: TokenHolder, probes: readonly ProviderProbe[]): readonly ProviderProbe[] {
  const bySource = probes.filter((probe) => isOfSource(probe, holder.source));
  const telling = probes.filter((probe) => !probe.prefixNeedsSource || bySource.includes(probe));
  const longest = longestPrefix(tokenOf(holder) ?? '', telling);
  // what only one provider gives out is for no other, whatever the database calls the source
  return longest ? [longest] : bySource.filter((probe) => !probe.onlyPrefixed);
}

/** Whether the token renews others, by its beginning. */
export function isRefreshToken(text: string, probes: readonly ProviderProbe[]): boolean {
  return probes.some(({ refreshPrefixes = [] }) => refreshPrefixes.some((prefix) => text.startsWith(prefix)));
}

/** The request of the first probe that the credential has all fields for; undefined where it lacks some for each. */
export function planAtProvider(holder: TokenHolder, probes: readonly ProviderProbe[]): HttpPlan | undefined {
  for (const probe of probesFor(holder, probes)) {
    const url = urlOf(probe, holder.fields);
    const token = tokenOf(holder, probe.token);
    if (!url || token === undefined || namesAnotherServer(probe, url, holder.fields)) continue;
    const headers = authorise(probe.auth, token, holder.fields);
    if (!headers) continue;
    return {
      probe: probe.name,
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(url.port || 443),
      method: probe.method,
      secure: true,
      path: `${url.pathname}${url.search}`,
      headers: { ...probe.headers, ...headers },
      anonymous: probe.headers ?? {},
      ...(!probe.base && { isDocumented: true }),
      ...(probe.body !== undefined && { body: probe.body }),
      meaning: probe,
    };
  }
  return undefined;
}

/** A header that cannot be written would be an error with the token in it. */
export function isSendable(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

function isOfSource({ sources }: ProviderProbe, source: string | undefined): boolean {
  if (source === undefined) return false;
  return sources.some((known) =>
    known.endsWith('*') ? source.startsWith(known.slice(0, -1)) : source === known,
  );
}

function longestPrefix(text: string, probes: readonly ProviderProbe[]): ProviderProbe | undefined {
  let found: { readonly probe: ProviderProbe; readonly length: number } | undefined;
  for (const probe of probes) {
    for (const prefix of probe.prefixes ?? []) {
      if (text.startsWith(prefix) && prefix.length > (found?.length ?? 0))
        found = { probe, length: prefix.length };
    }
  }
  return found?.probe;
}

function urlOf({ url, base }: ProviderProbe, fields: Fields): URL | undefined {
  if (!base) return new URL(url);
  const given = firstOf(fields, base.fields);
  const origin = given === undefined ? base.otherwise : originOf(given, base.under);
  return origin === undefined ? undefined : new URL(url.replace('{base}', origin));
}

/** `acme`, `acme.zendesk.com` and `https://acme.zendesk.com/` are one server, which has to lie where it may. */
function originOf(given: string, under: readonly string[] | undefined): string | undefined {
  const [, scheme = 'https:', authority = ''] = /^\s*([a-z]+:)?(?:\/\/)?([^/?#\s]*)/i.exec(given) ?? [];
  const [, name = '', port = ''] = /^(.*?)(:\d+)?$/.exec(authority) ?? [];
  const isShort = under !== undefined && !name.includes('.');
  const host = asHost(isShort ? `${name}.${under[0]}` : name);
  if (host === undefined || scheme.toLowerCase() !== 'https:') return undefined;
  if (under && !under.some((domain) => host.endsWith(`.${domain}`))) return undefined;
  return `https://${host.includes(':') ? `[${host}]` : host}${port}`;
}

/** A token of somebody's own server is not for the provider's. */
function namesAnotherServer({ base }: ProviderProbe, url: URL, fields: Fields): boolean {
  if (base) return false;
  const given = firstOf(fields, serverFields);
  if (given === undefined) return false;
  const host = asHost(/^(?:[a-z]+:\/\/)?([^/?#:\s]*)/i.exec(given.trim())?.[1] ?? '');
  const domainOf = (name: string) => name.split('.').slice(-2).join('.');
  return host !== undefined && domainOf(host) !== domainOf(url.hostname);
}

function authorise(
  auth: ProviderProbe['auth'],
  text: string,
  fields: Fields,
): Record<string, string> | undefined {
  if (!isSendable(text)) return undefined;
  switch (auth.style) {
    case 'bearer':
      return { authorization: `Bearer ${text}` };
    case 'raw':
      return { authorization: text };
    case 'header':
      return { [auth.header]: text };
    case 'basic': {
      const user = firstOf(fields, auth.user);
      return user === undefined ? undefined : { authorization: basic(`${user}${auth.suffix ?? ''}`, text) };
    }
    case 'trello': {
      const key = firstOf(fields, auth.user);
      if (key === undefined || !/^\w+$/.test(key) || !/^\w+$/.test(text)) return undefined;
      return { authorization: `OAuth oauth_consumer_key="${key}", oauth_token="${text}"` };
    }
    default:
      return undefined;
  }
}

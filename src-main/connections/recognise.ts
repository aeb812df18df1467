import type { ProbeReason } from '#contract/connections';
import type { SecretKind } from '#contract/inventory';
import { readConnectionUrl } from './connection-url.ts';
import { type Fields, firstOf, plainName, readFields } from './credential-fields.ts';
import type { ProbePlan } from './probe-plan.ts';
import type { ProviderProbe } from './provider-probes.ts';
import { planApi } from './recognise-api.ts';
import { planLogin } from './recognise-login.ts';
import { isRefreshToken, planAtProvider, tokenOf } from './recognise-provider.ts';

export interface CredentialText {
  /** The decrypted value. */
  readonly text: string;
  readonly kind: SecretKind;
  /** Short name of the source that it is for, as the database has it. */
  readonly source?: string | undefined;
}

const urlFields = [
  'connection_string',
  'connection_url',
  'connection_uri',
  'database_url',
  'uri',
  'url',
  'dsn',
];
const none: Fields = new Map();

/**
 * What a credential is for, and how to try it there without changing anything; else the reason why it is not tried. A
 * token goes to the one provider that its beginning names, whatever else is said of it.
 */
export function recognise(
  credential: CredentialText,
  probes: readonly ProviderProbe[],
): ProbePlan | ProbeReason {
  const text = credential.text.trim();
  const source = plainSource(credential.source);
  if (credential.kind === 'oauth-refresh-token') return 'refresh-token';
  const url = readConnectionUrl(text);
  if (url !== undefined) return url;
  const fields = readFields(text);
  if (!fields) return recogniseBare(text, source, credential.kind, probes);
  return recogniseFields(fields, source, probes);
}

function recogniseBare(
  text: string,
  source: string | undefined,
  kind: SecretKind,
  probes: readonly ProviderProbe[],
): ProbePlan | ProbeReason {
  if (isRefreshToken(text, probes)) return 'refresh-token';
  // a password alone could be mistaken for the token of its source
  const isPassword = kind === 'database-password';
  const plan = planAtProvider({ bare: text, fields: none, source: isPassword ? undefined : source }, probes);
  if (plan) return plan;
  const api = /^https?:/i.test(text) ? planApi(new Map([['url', text]])) : undefined;
  if (api) return api;
  return isPassword || kind === 'connection-string' ? 'incomplete' : 'unknown';
}

function recogniseFields(
  fields: Fields,
  source: string | undefined,
  probes: readonly ProviderProbe[],
): ProbePlan | ProbeReason {
  const given = firstOf(fields, urlFields);
  const url = given === undefined ? undefined : readConnectionUrl(given);
  if (url !== undefined) return url;
  const holder = { bare: undefined, fields, source };
  const token = tokenOf(holder);
  const provider = planAtProvider(holder, probes);
  if (provider) return provider;
  if (isAmazon(fields)) return 'signing-needed';
  if (token === undefined && firstOf(fields, ['refresh_token']) !== undefined) return 'refresh-token';
  return planLogin(fields, source) ?? planApi(fields) ?? 'unknown';
}

/** Signed requests (AWS Signature Version 4) show nothing of the key itself. */
function isAmazon(fields: Fields): boolean {
  return /^A[KS]IA[A-Z0-9]{12,}$/.test(
    firstOf(fields, ['aws_access_key_id', 'access_key_id', 'access_key']) ?? '',
  );
}

function plainSource(source: string | undefined): string | undefined {
  const plain = source === undefined ? '' : plainName(source);
  return plain === '' ? undefined : plain;
}

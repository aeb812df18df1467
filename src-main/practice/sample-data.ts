import { hash as bcryptHash } from 'bcrypt';
import type { Client } from 'pg';
import { sealBatch } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { sampleApiKeys } from './sample-api-keys.ts';
import { type Draw, drawFrom, samplePassword, sampleSources } from './sample-credentials.ts';
import { sampleSchema } from './sample-schema.ts';

export interface SampleOptions {
  /** Rows with encrypted values, over all tables. */
  readonly rows: number;
  /** The same seed gives the same plaintexts; ciphertexts differ, since every IV is random. */
  readonly seed: number;
  readonly key: EncryptionKey;
  /** Personal sources are encrypted under a key of their user: about one in fifty, and at least two. */
  readonly personalKey: EncryptionKey;
  readonly onRows?: (done: number, total: number) => void;
}

const batch = 2_000;

/** Makes the schema and fills it. */
export async function fillSampleDatabase(client: Client, options: SampleOptions): Promise<void> {
  const draw = drawFrom(options.seed);
  await client.query(sampleSchema);
  await fillOrganizations(client, draw);
  const others = {
    oauth_token: Math.floor(options.rows * 0.3),
    destination: Math.floor(options.rows * 0.25),
    integration: Math.min(organizations * integrationKinds, Math.floor(options.rows * 0.05)),
  };
  const rest = options.rows - others.oauth_token - others.destination - others.integration;
  const counts = { source_connection: rest, ...others };
  let done = 0;
  for (const [table, fill] of Object.entries(fillers)) {
    const count = counts[table as keyof typeof counts];
    for (let first = 0; first < count; first += batch) {
      const size = Math.min(batch, count - first);
      await fill(client, draw, first, size, options);
      done += size;
      options.onRows?.(done, options.rows);
    }
  }
  await fillApiKeys(client, draw);
  await fillUnencrypted(client);
  await client.query('ANALYZE');
}

const organizations = 20;
const integrationKinds = 25;

const fillers = {
  source_connection: fillSources,
  oauth_token: fillTokens,
  destination: fillDestinations,
  integration: fillIntegrations,
};

async function fillOrganizations(client: Client, draw: Draw): Promise<void> {
  const names = Array.from({ length: organizations }, (_, i) => `Organisation ${i} ${draw.text(4)}`);
  await client.query(
    `INSERT INTO organization (id, name) SELECT 'org_' || i, name FROM unnest($1::text[]) WITH ORDINALITY AS n (name, i)`,
    [names],
  );
  await client.query(
    `INSERT INTO collection (id, organization_id, name, readable_id)
     SELECT 'col_' || i, 'org_' || i, 'Collection ' || i, 'collection-' || i FROM generate_series(1, $1::int) AS i`,
    [organizations],
  );
}

async function fillSources(
  client: Client,
  draw: Draw,
  first: number,
  count: number,
  { key, personalKey, rows }: SampleOptions,
): Promise<void> {
  const every = Math.max(2, Math.min(50, Math.floor((rows * 0.4) / 2)));
  const kinds = Object.keys(sampleSources);
  const sources = Array.from({ length: count }, (_, i) => {
    const kind = draw.pick(kinds);
    const credentials = JSON.stringify((sampleSources[kind] as (draw: Draw) => object)(draw));
    return { kind, credentials, isPersonal: (first + i) % every === every - 1 };
  });
  const main = encrypt(
    key,
    sources.map((source) => source.credentials),
  );
  const personal = encrypt(
    personalKey,
    sources.map((source) => source.credentials),
  );
  await client.query(
    `INSERT INTO source_connection (id, collection_id, short_name, name, personal_user_id, credentials)
     SELECT 'sc_' || ($1::int + i), 'col_' || (1 + i % ${organizations}), kind, 'Connection ' || ($1::int + i), person, credentials
     FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS s (kind, person, credentials, i)`,
    [
      first,
      sources.map(({ kind }) => kind),
      sources.map(({ isPersonal }, i) => (isPersonal ? `usr_${first + i}` : null)),
      sources.map(({ isPersonal }, i) => (isPersonal ? personal[i] : main[i])),
    ],
  );
}

async function fillTokens(
  client: Client,
  draw: Draw,
  _first: number,
  count: number,
  { key }: SampleOptions,
): Promise<void> {
  const access = Array.from({ length: count }, () => `ya29.${draw.text(140 + draw.number(60))}`);
  const refresh = access.map(() => (draw.number(4) === 0 ? null : `1//0${draw.text(96)}`));
  const sealedRefresh = encrypt(
    key,
    refresh.map((token) => token ?? ''),
  );
  await client.query(
    `INSERT INTO oauth_token (source_connection_id, access_token, refresh_token, expires_at)
     SELECT 'sc_' || i, access, refresh, now() + interval '1 hour'
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (access, refresh, i)`,
    [encrypt(key, access), sealedRefresh.map((sealed, i) => (refresh[i] === null ? null : sealed))],
  );
}

async function fillDestinations(
  client: Client,
  draw: Draw,
  _first: number,
  count: number,
  { key }: SampleOptions,
): Promise<void> {
  const passwords = Array.from({ length: count }, () => samplePassword(draw));
  const strings = passwords.map((password, i) =>
    i % 3 === 0 ? `postgres://app:${encodeURIComponent(password)}@warehouse.example.com:5432/main` : null,
  );
  const sealedStrings = encrypt(
    key,
    strings.map((text) => text ?? ''),
  );
  await client.query(
    `INSERT INTO destination (organization_id, host, username, password, connection_string)
     SELECT 'org_' || (1 + i % ${organizations}), 'warehouse.example.com', 'app', password, string
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS d (password, string, i)`,
    [
      encrypt(key, passwords).map((sealed) => `ENC:${sealed}`),
      sealedStrings.map((sealed, i) => (strings[i] === null ? null : sealed)),
    ],
  );
}

async function fillIntegrations(
  client: Client,
  draw: Draw,
  first: number,
  count: number,
  { key }: SampleOptions,
): Promise<void> {
  const secrets = encrypt(
    key,
    Array.from({ length: count }, () => `whsec_${draw.text(32)}`),
  );
  const settings = secrets.map((secret, i) =>
    JSON.stringify({
      webhook: { url: `https://hooks.example.com/${first + i}`, signing_secret: secret },
      retries: draw.number(5),
    }),
  );
  await client.query(
    `INSERT INTO integration (organization_id, kind, settings)
     SELECT 'org_' || (1 + n % ${organizations}), 'webhook-' || (n / ${organizations}), settings::jsonb
     FROM (SELECT $1::int + i::int - 1, settings FROM unnest($2::text[]) WITH ORDINALITY AS s (settings, i)) AS s (n, settings)`,
    [first, settings],
  );
}

/** Hashes must not be taken for ciphertexts. Among these keys there is something to say of most. */
async function fillApiKeys(client: Client, draw: Draw): Promise<void> {
  const keys = sampleApiKeys.map(() => `bk_${draw.text(43)}`);
  const hashes = await Promise.all(keys.map((key, i) => bcryptHash(key, sampleApiKeys[i]?.cost ?? 10)));
  await client.query(
    `INSERT INTO api_key (name, key_prefix, key_hash, scope, is_active, created_at, last_used_at, expires_at)
     SELECT name, prefix, hash, scope, active, now() - made * interval '1 day', now() - used * interval '1 day',
            now() + expires * interval '1 day'
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::int[], $7::int[], $8::int[])
       AS k (name, prefix, hash, scope, active, made, used, expires)`,
    [
      sampleApiKeys.map(({ name }) => name),
      keys.map((key) => key.slice(0, 8)),
      hashes,
      sampleApiKeys.map(({ scope }) => scope),
      sampleApiKeys.map(({ active = true }) => active),
      sampleApiKeys.map(({ made }) => made),
      sampleApiKeys.map(({ used }) => used ?? null),
      sampleApiKeys.map(({ expires }) => expires ?? null),
    ],
  );
}

/** What must not be taken for ciphertexts: content, identifiers. */
async function fillUnencrypted(client: Client): Promise<void> {
  await client.query(
    `INSERT INTO entity (collection_id, content, content_hash, metadata)
     SELECT 'col_' || (1 + i % ${organizations}), 'Minutes of meeting ' || i, encode(sha256(i::text::bytea), 'base64'),
            jsonb_build_object('page', i, 'etag', encode(sha256(('e' || i)::bytea), 'hex'))
     FROM generate_series(1, 500) AS i`,
  );
}

/** base64(IV ‖ ciphertext), Ballast's default. */
function encrypt(key: EncryptionKey, texts: readonly string[]): string[] {
  const plaintexts = texts.map((text) => Buffer.from(text, 'utf8'));
  return sealBatch(key.bytes, 'cfb128', plaintexts).map((sealed) => sealed.toString('base64'));
}

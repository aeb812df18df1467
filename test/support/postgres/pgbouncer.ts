import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isInstalled } from './other-servers.ts';
import { connectPlainly } from './test-database.ts';

export type PoolMode = 'session' | 'transaction' | 'statement';

/** Why no PgBouncer can be started here; undefined where one can. */
export function missingPgbouncer(): string | undefined {
  return isInstalled('pgbouncer') ? undefined : 'PgBouncer is not installed';
}

/** A PgBouncer before the server of that URL, with few server connections, so that its clients share them. */
export async function startPgbouncer(
  url: string,
  mode: PoolMode,
): Promise<AsyncDisposable & { readonly url: string }> {
  const { hostname, port: serverPort, username, password, pathname } = new URL(url);
  const folder = await mkdtemp(join(tmpdir(), 'keel-pgbouncer-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const login = `host=${hostname} port=${serverPort} user=${username}${password ? ` password=${password}` : ''}`;
  const lines = [
    '[databases]',
    `* = ${login}`,
    '[pgbouncer]',
    `listen_addr = 127.0.0.1`,
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
    'default_pool_size = 4',
    'max_client_conn = 100',
  ];
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(file, lines.join('\n'), { mode: 0o644 });
  const account = process.getuid?.() === 0 ? accountOf('postgres') : {};
  const child = spawn('pgbouncer', [file], { ...account, stdio: 'ignore' });
  const pooled = new URL(url);
  pooled.port = String(port);
  pooled.pathname = pathname;
  pooled.searchParams.set('sslmode', 'disable');
  for (let tries = 0; ; tries++) {
    const client = await connectPlainly(pooled.href).catch(() => undefined);
    await client?.end();
    if (client) break;
    if (tries > 100 || child.exitCode !== null) throw new Error('PgBouncer did not start');
    await new Promise((done) => setTimeout(done, 100));
  }
  return {
    url: pooled.href,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** It refuses to run as root. */
function accountOf(name: string): { uid: number; gid: number } {
  const id = (what: string) => Number(execFileSync('id', [what, name]));
  return { uid: id('-u'), gid: id('-g') };
}

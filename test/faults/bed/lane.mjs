// Where one case after the other is run: a server, a line to it, and a desk, each put back before the next case.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deskAt } from './desk.mjs';
import { openKeychain } from './keychain.mjs';
import { keelOn } from './keel.mjs';
import { startProxy } from './proxy.mjs';
import { startServer } from './server.mjs';

/** The databases of a case; the first is the one that most steps work on, the others are of a fleet. */
export const databaseNames = ['ballast', 'ballast_two', 'ballast_three'];

export async function openLane() {
  const folder = await mkdtemp(join(tmpdir(), 'keel-faults-'));
  await chmod(folder, 0o755);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const server = await startServer(join(folder, 'server'));
  const proxy = await startProxy(server.port);
  const desk = deskAt(join(folder, 'desk'));
  const keychain = await openKeychain(folder);
  if (keychain) Object.assign(desk.env, keychain.env);
  const derivations = join(folder, 'derivations');
  await mkdir(derivations);
  const keel = keelOn(desk, () => keychain?.starts, derivations);
  const keys = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, randomBytes(32)]));
  const lane = {
    folder,
    server,
    proxy,
    desk,
    keychain,
    keys,
    /** By name, as Keel shows them. */
    fingerprints: {},
    scenes: new Map(),
    setUpSeconds: 0,
    url: (database = 'ballast') =>
      `postgres://postgres@127.0.0.1:${proxy.port}/${database}?sslmode=disable&connect_timeout=4`,
    keel: (args, options) => keel.run(args, options),
    /** Past the proxy, as Ballast and the admin's own tools are. */
    async withClient(work, database = 'ballast') {
      const client = await server.connect(database);
      try {
        return await work(client);
      } finally {
        await client.end().catch(() => undefined);
      }
    },
    async close() {
      await keel.close();
      await keychain?.close();
      await proxy.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return lane;
}

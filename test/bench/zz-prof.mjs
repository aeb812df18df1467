import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { keysIn, inventoryFile } from './keel.mjs';
import { withServer, databaseUrl, connect } from './server.mjs';
import { tables, createTable, inventoryOf } from './tables.mjs';
const rows = Number(process.argv[2] ?? 100000), name = process.argv[3] ?? 'narrow', builds = process.argv.slice(4);
const rounds = Number(process.env.ROUNDS ?? 1);
const which = (process.env.CMDS ?? 'census,rotate').split(',');
await withServer(async ({ port, folder }) => {
  const keys = await keysIn(folder, randomBytes(32), randomBytes(32));
  const admin = await connect(port, 'postgres'); await admin.query('CREATE DATABASE b'); await admin.end();
  const c = await connect(port, 'b'); await createTable(c, tables[name], rows, keys.from); await c.query('ANALYZE'); await c.end();
  const inv = await inventoryFile(folder, inventoryOf(name, tables[name]));
  const cmds = { census: ['census', '--inventory', inv, '--key-file', keys.fromFile], rotate: ['rotate', '--inventory', inv, '--from-key-file', keys.fromFile, '--to-key-file', keys.toFile, '--rehearse', '--yes', '--accept','other-sessions'], sampled: ['rotate', '--sampled', '--inventory', inv, '--from-key-file', keys.fromFile, '--to-key-file', keys.toFile, '--rehearse', '--yes', '--accept','other-sessions'] };
  for (let r = 0; r < rounds; r++) for (const build of builds) for (const cmd of which) {
    const t = performance.now();
    const p = spawnSync('/usr/bin/time', ['-f', '%U %S %M', process.execPath, ...(process.env.NODEFLAGS ? process.env.NODEFLAGS.split(' ') : []), ...(process.env.PROF ? ['--cpu-prof', '--cpu-prof-dir=/tmp/prof'] : []), `${build}/out/main/cli.js`, ...cmds[cmd], '--database', databaseUrl(port, 'b'), '--json'], { env: { ...process.env, KEEL_HOME: folder + '/home' }, encoding: 'utf8', maxBuffer: 1e9 });
    const tail = p.stderr.trim().split('\n').at(-1);
    console.log(build.split('/').pop(), cmd, ((performance.now() - t) / 1000).toFixed(1), 's wall; user sys kB:', tail, p.stdout.slice(0, 40).replace(/\n/g, ' '));
  }
});

// Loaded before Keel: counts what it does to files and, at the operation that KEEL_FILE_FAULT names, ends or hinders it.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { loseUnsynced, watchUnsynced } from './unsynced.mjs';

const { kind, at, when, kept, report } = JSON.parse(process.env.KEEL_FILE_FAULT ?? '{}');
delete process.env.KEEL_FILE_FAULT;
const { writeFileSync } = fs;
let count = 0;
let reached;

/** Whether the library that reaches it was loaded. */
let usesKeychain = false;

const say = () => writeFileSync(report, JSON.stringify({ count, reached, usesKeychain }));

/** What needs room on the disk; the rest works on a full one. */
const needsRoom = /^(open|write|append|mkdir|copy|link|symlink)/;

function strike(name) {
  reached ??= name;
  say();
  if (kind === 'power') losePower();
  if (kind === 'kill') process.kill(process.pid, 'SIGKILL');
  if (kind === 'term') process.kill(process.pid, 'SIGTERM');
  if (kind === 'int-twice') {
    process.kill(process.pid, 'SIGINT');
    setTimeout(() => process.kill(process.pid, 'SIGINT'), 40);
  }
}

/** Where the preload itself fails, the run has to hear of it, and Keel must not go on. */
function losePower() {
  try {
    loseUnsynced(kept);
  } catch (error) {
    writeFileSync(report, JSON.stringify({ count, failed: String(error.stack) }));
  }
  process.kill(process.pid, 'SIGKILL');
}

/** The failure that the operation has to have, if any. */
function refusal(name) {
  const isDue = count >= at;
  if (kind === 'disk-full' && isDue && needsRoom.test(name)) return ['ENOSPC', 'no space left on device'];
  if (kind === 'read-only' && isDue) return ['EROFS', 'read-only file system'];
  if (kind === 'bad-disk' && count === at) return ['EIO', 'i/o error'];
  return undefined;
}

/** Counts one operation. `half` does a part of it, as a crash amid a write leaves it. */
function counted(name, run, half) {
  count += 1;
  const refused = refusal(name);
  if (refused) {
    strike(name);
    const [code, words] = refused;
    throw Object.assign(new Error(`${code}: ${words}, ${name}`), { code, errno: -1, syscall: name });
  }
  const isHere = count === at && ['kill', 'power', 'term', 'int-twice'].includes(kind);
  // who goes on after a signal writes the rest of it, and not all of it once more
  if (isHere && when === 'torn' && half && ['kill', 'power'].includes(kind)) half();
  if (isHere && when !== 'after') strike(name);
  return { done: run(), isHere: isHere && when === 'after' };
}

const around = (name, original, applies = () => true, half) =>
  async function (...args) {
    if (!applies(args, this)) return original.apply(this, args);
    const { done, isHere } = counted(
      name,
      () => original.apply(this, args),
      half && (() => half(this, args)),
    );
    const value = await done;
    if (isHere) strike(name);
    return value;
  };

const aroundSync = (name, original, applies = () => true) =>
  function (...args) {
    if (!applies(args)) return original.apply(this, args);
    const { done, isHere } = counted(name, () => original.apply(this, args));
    if (isHere) strike(name);
    return done;
  };

const writes = (flags = 'r') =>
  typeof flags === 'number' ? (flags & 3) !== 0 || (flags & 0o100) !== 0 : !/^rs?$/.test(flags);
/** Links to the system's own terminals and devices are no files. */
const isFile = (path) => typeof path !== 'string' || !/^\/(dev|proc|sys)\//.test(path);

if (isMainThread && report) {
  if (kind === 'power') await watchUnsynced();
  const { promises } = fs;
  const openFile = promises.open;
  const handle = await openFile(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const writable = new WeakSet();
  promises.open = async function open(path, flags, ...rest) {
    if (!writes(flags) || !isFile(path)) return openFile.call(this, path, flags, ...rest);
    const { done, isHere } = counted('open', () => openFile.call(this, path, flags, ...rest));
    const opened = await done;
    writable.add(opened);
    if (isHere) strike('open');
    return opened;
  };
  const ofWritable = (_, self) => writable.has(self);
  for (const name of ['appendFile', 'chmod', 'chown', 'truncate', 'write', 'writev'])
    prototype[name] = around(name, prototype[name], ofWritable);
  for (const name of ['sync', 'datasync']) prototype[name] = around(name, prototype[name]);
  prototype.writeFile = around('writeFile', prototype.writeFile, ofWritable, (file, [data]) => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    if (Buffer.isBuffer(bytes)) fs.writeSync(file.fd, bytes, 0, bytes.length >> 1);
  });
  const several = [
    'rename',
    'link',
    'unlink',
    'rm',
    'mkdir',
    'rmdir',
    'chmod',
    'copyFile',
    'symlink',
    'mkdtemp',
  ];
  for (const name of [...several, 'writeFile', 'appendFile', 'truncate'])
    promises[name] = around(name, promises[name], ([path]) => isFile(path));
  for (const name of [...several, 'writeFile', 'appendFile'])
    fs[`${name}Sync`] = aroundSync(`${name}Sync`, fs[`${name}Sync`], ([path]) => isFile(path));
  syncBuiltinESMExports();
  const load = process.dlopen.bind(process);
  process.dlopen = (module, path, ...rest) => {
    usesKeychain ||= /keytar/.test(path);
    return load(module, path, ...rest);
  };
  process.on('exit', say);
}

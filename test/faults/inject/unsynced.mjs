// What a power loss takes: writes and names that were not synced. A file keeps the length that it had when it was last synced, and of
// the names that were made, changed or removed in a folder since that was synced, the last ones are as before.
import fs from 'node:fs';
import { dirname, resolve } from 'node:path';

const { existsSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } = fs;

/** By the path of a file that was written to: its length when it was last synced. */
const dirty = new Map();
/** By path: the length of a file that was synced. */
const synced = new Map();
let names = [];
const paths = new WeakMap();

const read = (path) => (isFile(path) ? readFileSync(path) : undefined);
const isFile = (path) => existsSync(path) && statSync(path).isFile();

function wrote(path) {
  if (path !== undefined && !dirty.has(path)) dirty.set(path, synced.get(path) ?? 0);
}

function wasSynced(path) {
  if (path === undefined) return;
  if (!isFile(path)) names = names.filter(({ folder }) => folder !== path);
  else {
    synced.set(path, statSync(path).size);
    dirty.delete(path);
  }
}

/** Of a name that is about to change. */
function changes(path) {
  const before = read(path);
  const mode = before && statSync(path).mode;
  const undo = () => (before ? writeFileSync(path, before, { mode }) : rmSync(path, { force: true }));
  names.push({ folder: dirname(path), undo });
}

function isOpened(path, flags) {
  const wasThere = isFile(path);
  if (wasThere && !dirty.has(path)) synced.set(path, statSync(path).size);
  if (!wasThere && writes(flags)) changes(path);
  if (wasThere && String(flags).startsWith('w')) wrote(path);
}

const writes = (flags = 'r') => (typeof flags === 'number' ? (flags & 3) !== 0 : !/^rs?$/.test(flags));

/** Has to be done before anything else wraps these functions. */
export async function watchUnsynced() {
  const { promises } = fs;
  const wrap = (owner, name, before, after = () => undefined) => {
    const original = owner[name];
    owner[name] = async function watched(...args) {
      before.call(this, ...args);
      const value = await original.apply(this, args);
      after.call(this, value, ...args);
      return value;
    };
  };
  const handle = await promises.open(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const none = () => undefined;
  wrap(
    promises,
    'open',
    (path, flags) => isOpened(resolve(path), flags),
    (opened, path) => paths.set(opened, resolve(path)),
  );
  for (const name of ['write', 'writev', 'appendFile', 'writeFile', 'truncate'])
    wrap(prototype, name, function () {
      wrote(paths.get(this));
    });
  for (const name of ['sync', 'datasync'])
    wrap(prototype, name, none, function () {
      wasSynced(paths.get(this));
    });
  for (const name of ['writeFile', 'appendFile'])
    wrap(promises, name, (path) => {
      if (typeof path !== 'string') return;
      isOpened(resolve(path), 'a');
      wrote(resolve(path));
    });
  wrap(promises, 'rename', (from, to) => isRenamed(resolve(from), resolve(to)));
  wrap(promises, 'link', (_, path) => changes(resolve(path)));
  wrap(promises, 'copyFile', (_, path) => changes(resolve(path)));
  for (const name of ['unlink', 'rm'])
    wrap(promises, name, (path) => {
      if (isFile(resolve(path))) changes(resolve(path));
    });
}

function isRenamed(from, to) {
  const before = read(to);
  const mode = before && statSync(to).mode;
  names.push({
    folder: dirname(to),
    undo() {
      if (existsSync(to)) renameSync(to, from);
      if (before) writeFileSync(to, before, { mode });
    },
  });
  for (const lengths of [dirty, synced]) {
    const length = lengths.get(from);
    lengths.delete(from);
    lengths.delete(to);
    if (length !== undefined) lengths.set(to, length);
  }
}

/** `kept` is the share of the changed names that reached the disk all the same, the first ones. */
export function loseUnsynced(kept) {
  for (const [path, length] of dirty) if (isFile(path)) truncateSync(path, length);
  for (const { undo } of names.slice(Math.round(names.length * kept)).reverse()) {
    try {
      undo();
    } catch (error) {
      // its folder went meanwhile
      if (error.code !== 'ENOENT') throw error;
    }
  }
}

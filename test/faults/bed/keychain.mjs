// A real keychain of a lane's own: a session bus, and gnome-keyring on it, whose entries are put back with the scene.
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const entriesProgram = resolve(import.meta.dirname, '../programs/keychain-entries.mjs');

/** Whether one can be had here. */
export const hasKeychain = ['dbus-daemon', 'gnome-keyring-daemon'].every(
  (name) => spawnSync('which', [name]).status === 0,
);

export async function openKeychain(folder) {
  if (!hasKeychain) return undefined;
  const address = `unix:path=${join(folder, 'bus')}`;
  const config = join(folder, 'bus.conf');
  await writeFile(config, busConfig(address));
  const bus = spawn(
    'dbus-daemon',
    [`--config-file=${config}`, '--nofork', '--nopidfile', '--print-address'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  process.on('exit', () => bus.kill());
  await once(bus.stdout, 'data');
  const env = {
    DBUS_SESSION_BUS_ADDRESS: address,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_RUNTIME_DIR: folder,
    DISPLAY: undefined,
  };
  let daemon;
  let starts = 0;
  let isLocked = false;
  let entries;
  const lock = async () => {
    entries?.kill('SIGKILL');
    entries = undefined;
    if (!daemon) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGKILL');
    await ended;
    daemon = undefined;
  };
  async function askEntries(what) {
    entries ??= fork(entriesProgram, { env: { PATH: process.env.PATH, HOME: folder, ...env } });
    const answered = once(entries, 'message');
    entries.send(what);
    const [{ entries: held, failed }] = await answered;
    if (failed) throw new Error(`the keychain did not answer: ${failed}`);
    return held;
  }

  const keychain = {
    env,
    /** How often it was started: who spoke to an earlier one does not find this one. */
    get starts() {
      return starts;
    },
    isUnlocked: () => daemon !== undefined && !isLocked,
    /** Nobody answers for it any more. */
    lock,
    /** Nobody may read it, and nobody is there to be asked for its password. */
    lockEntries() {
      ask(address, '/org/freedesktop/secrets', [...lockCall, `array:objpath:${login}`]);
      if (isThere(address)) throw new Error('the keychain was not locked');
      isLocked = true;
    },
    /** It holds what its file does. */
    async unlock() {
      await lock();
      starts += 1;
      isLocked = false;
      daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
        env: { PATH: process.env.PATH, HOME: folder, ...env },
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      daemon.stdin.end('password');
      for (let tries = 0; tries < 300 && !isThere(address); tries++) await wait(20);
    },
    /** What Keel has in it by now, for `holdAgain`. */
    held: () => askEntries({}),
    /** It has these entries and no others of Keel's. It is not started anew for it, so that who spoke to it still finds it. */
    async holdAgain(held) {
      if (!keychain.isUnlocked()) await keychain.unlock();
      await askEntries({ hold: held });
    },
    async close() {
      await lock();
      bus.kill();
    },
  };
  return keychain;
}

const login = '/org/freedesktop/secrets/collection/login';
const lockCall = ['org.freedesktop.Secret.Service.Lock'];
const isLockedCall = [
  ...['org.freedesktop.DBus.Properties.Get', 'string:org.freedesktop.Secret.Collection', 'string:Locked'],
];

/** A bus that starts nothing by itself: where the keychain is gone, it stays so. */
const busConfig = (address) => `<busconfig><type>session</type><listen>${address}</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`;

/** Its daemon answers on the bus before it has read its entries. */
const isThere = (address) => ask(address, login, isLockedCall)?.includes('boolean false');

function ask(address, path, call) {
  const { stdout } = spawnSync(
    'dbus-send',
    ['--session', '--dest=org.freedesktop.secrets', '--print-reply', path, ...call],
    { env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: address }, encoding: 'utf8' },
  );
  return stdout;
}

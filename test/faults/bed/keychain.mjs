// A real keychain of a lane's own: a session bus, and gnome-keyring on it, whose entries are put back with the scene.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

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
  const entries = join(folder, 'data', 'keyrings', 'login.keyring');
  let daemon;
  let starts = 0;
  let isLocked = false;
  const lock = async () => {
    if (!daemon) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGKILL');
    await ended;
    daemon = undefined;
  };
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
    /** What it holds by now, for `holdAgain`; undefined where it never held anything. */
    held: () => readFile(entries).catch(() => undefined),
    /** It holds these entries, and is started anew only where it held others. */
    async holdAgain(held) {
      const now = await keychain.held();
      const isSame = now === undefined ? held === undefined : held !== undefined && now.equals(held);
      if (isSame && keychain.isUnlocked()) return;
      await lock();
      await rm(join(folder, 'data'), { recursive: true, force: true });
      if (held) {
        await mkdir(dirname(entries), { recursive: true, mode: 0o700 });
        await writeFile(entries, held, { mode: 0o600 });
      }
      await keychain.unlock();
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

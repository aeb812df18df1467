// A real keychain of a lane's own: a session bus, and gnome-keyring on it, whose entries lie on the desk.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Whether one can be had here. */
export const hasKeychain = ['dbus-daemon', 'gnome-keyring-daemon'].every(
  (name) => spawnSync('which', [name]).status === 0,
);

export async function openKeychain(folder, desk) {
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
    XDG_DATA_HOME: join(desk.path, 'data'),
    XDG_RUNTIME_DIR: folder,
    DISPLAY: undefined,
  };
  let daemon;
  const lock = async () => {
    if (!daemon) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGKILL');
    await ended;
    daemon = undefined;
  };
  return {
    env,
    isUnlocked: () => daemon !== undefined,
    /** Nobody answers for it any more. */
    lock,
    /** What lies on the desk is what it holds. */
    async unlock() {
      await lock();
      daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
        env: { PATH: process.env.PATH, HOME: desk.path, ...env },
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      daemon.stdin.end('password');
      for (let tries = 0; tries < 300 && !isThere(address); tries++) await wait(20);
    },
    async close() {
      await lock();
      bus.kill();
    },
  };
}

/** A bus that starts nothing by itself: where the keychain is gone, it stays so. */
const busConfig = (address) => `<busconfig><type>session</type><listen>${address}</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`;

/** Its daemon answers on the bus before it has opened what is on the desk. */
function isThere(address) {
  const { stdout } = spawnSync(
    'dbus-send',
    [
      ...[
        '--session',
        '--dest=org.freedesktop.secrets',
        '--print-reply',
        '/org/freedesktop/secrets/collection/login',
      ],
      ...['org.freedesktop.DBus.Properties.Get', 'string:org.freedesktop.Secret.Collection', 'string:Locked'],
    ],
    { env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: address }, encoding: 'utf8' },
  );
  return stdout?.includes('boolean false');
}

import { env } from 'node:process';

/**
 * What a program needs of its surroundings: where programs, homes and sockets are, which language, and how containers are reached.
 * Passwords and passphrases of Keel's own variables are none of its business.
 */
const passedOn: ReadonlySet<string> = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TEMP', 'TMP', 'TZ', 'LANG', 'LANGUAGE'],
  ...['XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'DBUS_SESSION_BUS_ADDRESS', 'LD_LIBRARY_PATH'],
  ...[
    'DOCKER_HOST',
    'DOCKER_CONTEXT',
    'DOCKER_CONFIG',
    'DOCKER_CERT_PATH',
    'DOCKER_TLS_VERIFY',
    'CONTAINER_HOST',
  ],
  // Windows starts nothing without them
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA'],
  ...['PROGRAMDATA', 'PROGRAMFILES', 'NUMBER_OF_PROCESSORS'],
]);

function isPassedOn(name: string): boolean {
  return passedOn.has(name.toUpperCase()) || name.startsWith('LC_');
}

/** The environment of a program that Keel starts. */
export function childEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => isPassedOn(name)));
}

/**
 * Starts what takes this process's own environment, and nothing else: the rest is put away until `start` has come to its end, and
 * `settings` are in it meanwhile. For a library that starts programs itself.
 */
export async function withChildEnvironment<T>(
  start: () => Promise<T>,
  settings: Readonly<Record<string, string>> = {},
): Promise<T> {
  const away = Object.entries(env).filter(([name]) => !isPassedOn(name) || name in settings);
  for (const [name] of away) delete env[name];
  Object.assign(env, settings);
  try {
    return await start();
  } finally {
    for (const name of Object.keys(settings)) delete env[name];
    for (const [name, value] of away) env[name] ??= value;
  }
}

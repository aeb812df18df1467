import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';

/** Longest folder name made without a digest; file systems allow 255 bytes. */
const longestFolderName = 200;
/** Names that Windows keeps for devices, with any extension. */
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;

/**
 * The name of the environment of a database: `host:port/name`, the same for every spelling of the host. The host is
 * in lower case and without a final dot, IPv6 in brackets and shortened; localhost, 127.0.0.1 and ::1 are `localhost`.
 * A host that is a socket folder (it starts with `/`) and the database's name stay as they are.
 */
export function environmentNameOf(host: string, port: number, database: string): string {
  return `${canonicalHost(host)}:${port}/${database}`;
}

/**
 * The server of a database of a fleet whose name says it, `host:port` of `host:port/name`: it is on another one than the environment's
 * own. Undefined for a name as the own server has it.
 */
export function serverOfMember(name: string): string | undefined {
  return /^(.+?:\d{1,5})\/./s.exec(name)?.[1];
}

/**
 * A folder name for any environment name, different for different names also where the file system ignores case: every
 * byte but `a-z 0-9 _ -` and inner dots is written `%xx`. A name too long for a folder ends in its SHA-256 instead.
 */
export function folderNameOf(environmentName: string): string {
  let folder = '';
  for (const byte of Buffer.from(environmentName, 'utf8')) {
    const character = String.fromCharCode(byte);
    folder += /[a-z0-9._-]/.test(character) ? character : escaped(byte);
  }
  folder = folder.replace(/^\.|\.$/g, escaped(0x2e));
  if (deviceName.test(folder)) folder = escaped(folder.charCodeAt(0)) + folder.slice(1);
  if (folder.length <= longestFolderName) return folder;
  // `%h` cannot arise from the escapes above, so a shortened name equals no full one
  const digest = createHash('sha256').update(environmentName).digest('hex');
  return `${folder.slice(0, longestFolderName - 66).replace(/%.?$/, '')}%h${digest}`;
}

/** The environment's name in a folder's, as far as it is there: for showing. */
export function environmentNameIn(folder: string): string {
  const [name = '', ...more] = folder.split('%h');
  try {
    return `${decodeURIComponent(name)}${more.length > 0 ? '…' : ''}`;
  } catch {
    return folder;
  }
}

function escaped(byte: number): string {
  return `%${byte.toString(16).padStart(2, '0')}`;
}

function canonicalHost(host: string): string {
  if (host.startsWith('/')) return host;
  const bare = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  if (!isIPv6(bare)) return bare === '127.0.0.1' ? 'localhost' : bare;
  const address = bare.includes('%') ? `[${bare}]` : new URL(`http://[${bare}]`).hostname;
  return address === '[::1]' ? 'localhost' : address;
}

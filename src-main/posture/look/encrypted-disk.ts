import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether the disk under a folder of this machine is encrypted by dm-crypt, in whatever layers it lies; undefined where that cannot be
 * seen: another system than Linux, a network, a file system that encrypts by itself.
 */
export async function diskUnder(folder: string): Promise<'encrypted' | 'plain' | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const { dev } = await stat(folder);
    const block = join('/sys/dev/block', `${major(dev)}:${minor(dev)}`);
    await stat(block);
    return (await isCrypt(block, 0)) ? 'encrypted' : 'plain';
  } catch {
    // no block device of its own: an overlay, a network, or a folder that is not there
    return undefined;
  }
}

/** True if this device, or every one that it is built on, is a crypt device. */
async function isCrypt(block: string, depth: number): Promise<boolean> {
  const uuid = await readFile(join(block, 'dm/uuid'), 'utf8').catch(() => '');
  if (uuid.startsWith('CRYPT-')) return true;
  if (depth > 8) return false;
  // a partition knows its parts under the whole disk only
  const under = await readdir(join(block, 'slaves')).catch(() => []);
  if (under.length === 0) return false;
  const parts = await Promise.all(under.map((name) => isCrypt(join(block, 'slaves', name), depth + 1)));
  return parts.every(Boolean);
}

/** Linux: `gnu_dev_major` and `gnu_dev_minor` of the C library. */
function major(dev: number): number {
  return Number((BigInt(dev) >> 8n) & 0xfffn) | Number((BigInt(dev) >> 32n) & 0xfffff000n);
}

function minor(dev: number): number {
  return Number(BigInt(dev) & 0xffn) | Number((BigInt(dev) >> 12n) & 0xffffff00n);
}

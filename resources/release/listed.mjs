// What a release's list of checksums is: each file of its folder with its SHA-256, as `sha256sum` writes and checks it.
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';

export const listName = 'SHA256SUMS';
export const signatureName = 'SHA256SUMS.sig';
/** What a signature is for, so that one that was made for something else is none (`ssh-keygen -Y`, PROTOCOL.sshsig). */
export const namespace = 'keel-release';

/** Names of the files that are listed, in order. */
export function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== listName && entry.name !== signatureName)
    .map(({ name }) => name)
    .sort();
}

/** In hexadecimal. */
export async function sumOf(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

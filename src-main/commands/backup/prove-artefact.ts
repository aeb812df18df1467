import { resolve } from 'node:path';
import { writeAgeFile } from '#backup/age/age-file';
import { drillAgeFile } from '#backup/drill';
import { ApplicationKey } from '#crypto/application-key';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import type { ArtefactProof } from '#rotation/run/key-port';
import { readKeyFile } from '#commands/keys/key-source';

/** Reads the admin's own key file again and compares: the file is the new key's artefact. */
export async function proveOwnFile(path: string, key: EncryptionKey): Promise<ArtefactProof> {
  using again = await readKeyFile(path, { asWritten: key instanceof ApplicationKey });
  if (again.fingerprint === key.fingerprint) return { artefact: 'own-file', location: resolve(path) };
  throw new KeelError(
    'artefact-differs',
    `the key file ${path} no longer contains the key that it contained a moment ago; nothing was changed`,
    'find out what writes to it, then try again',
  );
}

/** Backs a key up to a new age file and proves it by restoring the key from that file alone. */
export async function backUpAndDrill(
  path: string,
  key: EncryptionKey,
  passphrase: Secret,
  environment: string,
): Promise<ArtefactProof> {
  await writeAgeFile(path, key, passphrase, { environment, createdAt: new Date() });
  const drill = await drillAgeFile(path, passphrase, key.fingerprint);
  if (drill.result === 'correct') return { artefact: 'age-file', location: resolve(path) };
  throw new KeelError(
    'drill-failed',
    `the backup ${path} does not restore the new key; the database was not changed`,
    drill.result === 'invalid' ? drill.remedy : 'check the disk, and back up to another place',
  );
}

import { type Environment, openDatabase, openEnvironment } from '../compose.ts';

/**
 * The environment of a database, if its key ring knows the key: for what is written down about a key, which needs no store of
 * keys. Undefined without a database, or where the ring does not have the key.
 */
export async function knownEnvironment(
  url: string | undefined,
  fingerprint: string,
): Promise<Environment | undefined> {
  if (url === undefined) return undefined;
  const environment = await openEnvironment(openDatabase(url), { place: 'own-files', ownFiles: new Map() });
  const keys = await environment.keyRing.list();
  return keys.some((key) => key.fingerprint === fingerprint) ? environment : undefined;
}

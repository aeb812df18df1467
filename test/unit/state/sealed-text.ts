import { readFile } from 'node:fs/promises';
import { armor, Decrypter, Encrypter } from 'age-encryption';
import { passphrase } from './kinds.ts';

/** What was asked for: the first Keel's file is sealed at full cost, and many tests begin with it. */
const known = new Map<string, Promise<string>>();

/** What a sealed file says, by age alone. */
export async function unsealed(path: string): Promise<string> {
  const sealed = await readFile(path, 'utf8');
  const text = known.get(sealed) ?? unseal(sealed);
  known.set(sealed, text);
  return text;
}

function unseal(sealed: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return decrypter.decrypt(armor.decode(sealed), 'text');
}

/** A sealed file that says this. */
export async function reseal(text: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(10);
  return armor.encode(await encrypter.encrypt(text));
}

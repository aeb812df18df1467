import { readFile } from 'node:fs/promises';
import { armor, Decrypter, Encrypter } from 'age-encryption';
import { passphrase } from './kinds.ts';

/** What a sealed file says, by age alone. */
export async function unsealed(path: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return decrypter.decrypt(armor.decode(await readFile(path, 'utf8')), 'text');
}

/** A sealed file that says this. */
export async function reseal(text: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(10);
  return armor.encode(await encrypter.encrypt(text));
}

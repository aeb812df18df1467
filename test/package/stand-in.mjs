// A folder as Electron's download has it, as far as packaging looks at it: a program with fuses, and what lies beside it. None of it runs.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import constants from '@electron/fuses/dist/constants.js';

export const { FuseState, SENTINEL } = constants;

/** How Electron comes: some fuses set, some not (its documentation, "Fuses"). */
const asDelivered = [
  FuseState.ENABLE,
  FuseState.DISABLE,
  FuseState.ENABLE,
  FuseState.ENABLE,
  FuseState.DISABLE,
  FuseState.DISABLE,
  FuseState.DISABLE,
  FuseState.ENABLE,
];
const fuseVersion = 1;

export function makeElectronFolder(folder) {
  for (const sub of ['', 'locales', 'resources']) mkdirSync(join(folder, sub), { recursive: true });
  const wire = Buffer.from([fuseVersion, asDelivered.length, ...asDelivered]);
  const program = join(folder, 'electron');
  writeFileSync(program, Buffer.concat([Buffer.from('\x7fELF stand-in\0'), Buffer.from(SENTINEL), wire]));
  chmodSync(program, 0o755);
  for (const name of ['chrome-sandbox', 'icudtl.dat', 'LICENSE', 'LICENSES.chromium.html'])
    writeFileSync(join(folder, name), 'a stand-in');
  for (const language of ['en-US', 'de'])
    writeFileSync(join(folder, 'locales', `${language}.pak`), 'a stand-in');
}

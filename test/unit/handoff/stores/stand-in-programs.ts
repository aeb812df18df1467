import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { test as withFolder } from '#test/support/temp-folder';

// Programs of clouds and of SOPS as they are documented, for tests of hand-offs, and what they keep.

const standIns = resolve(import.meta.dirname, '../../../support/programs/secret-programs.mjs');
const usualPath = process.env['PATH'];
export interface Programs {
  keep(kept: object): Promise<void>;
  kept(): Promise<any>;
  /** Every word that they were called with. */
  words(): Promise<string>;
  /** Another hand, which writes a file as soon as the next of them has written: what they keep, or any other. */
  meanwhile(text: string, path?: string): Promise<void>;
}

export const test = withFolder.extend<{ programs: Programs }>({
  programs: async ({ folder }, use) => {
    const bin = join(folder, 'bin');
    const state = join(folder, 'kept.json');
    await mkdir(bin);
    for (const name of ['aws', 'gcloud', 'az', 'op', 'sops']) {
      const path = join(bin, name);
      await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${standIns}' ${name} '${state}' "$@"\n`);
      await chmod(path, 0o755);
    }
    process.env['PATH'] = `${bin}${delimiter}${usualPath}`;
    await use({
      keep: (kept) => writeFile(state, JSON.stringify(kept)),
      kept: async () => JSON.parse(await readFile(state, 'utf8')),
      words: () => readFile(`${state}.calls`, 'utf8'),
      meanwhile: (text, path = state) => writeFile(`${state}.meanwhile`, JSON.stringify({ path, text })),
    });
    process.env['PATH'] = usualPath;
  },
});

export const sealed = (text: string) =>
  `ENC[AES256_GCM,data:${Buffer.from(text).toString('base64')},iv:aXY=,tag:dGFn,type:str]`;

/** A file of SOPS with these values, in the stand-in's form of it. */
export function sopsText(values: Record<string, any>): string {
  const map = (node: any): any =>
    typeof node === 'string'
      ? sealed(node)
      : Object.fromEntries(Object.entries(node).map(([name, value]) => [name, map(value)]));
  const mac = sealed(createHash('sha512').update(JSON.stringify(values)).digest('hex'));
  return JSON.stringify({ ...map(values), sops: { mac, version: '3.11.0' } });
}

// numbers that JSON.parse would round, and an order that is not that of the alphabet
export const json = (key: string) =>
  `{"z": 1.0, "ENCRYPTION_KEY": "${key}",\n "id": 1048576012345678901, "a": "x"}`;
export const item = (key: string) => ({
  id: 'abc',
  title: 'ballast',
  version: 3,
  category: 'API_CREDENTIAL',
  fields: [
    { id: 'username', type: 'STRING', label: 'username', value: 'svc' },
    { id: 'credential', type: 'CONCEALED', label: 'credential', value: key },
    { id: 'validFrom', type: 'DATE', label: 'valid from', value: '1048576012' },
  ],
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keel } from './keel.ts';

const dayMs = 86_400_000;

/** What is on record of an environment, each in days from now; what is absent is not known. */
export interface RecordedAges {
  readonly keySince: number;
  readonly testedAt?: number;
  readonly certificateTo?: number;
}

/** Writes an active key with its ages into the folder of an environment. The app reads it at its next start. */
export async function recordAges(keel: Keel, folder: string, ages: RecordedAges): Promise<void> {
  const iso = (days: number) => new Date(Date.now() + days * dayMs).toISOString();
  const path = (file: string) => join(keel.home, 'environments', folder, file);
  const { testedAt, certificateTo } = ages;
  const key = {
    fingerprint: '0123-4567-89ab-cdef',
    state: 'active',
    heldIn: 'sealed-file',
    origin: 'generated',
    createdAt: iso(ages.keySince),
    activatedAt: iso(ages.keySince),
    proofs:
      testedAt === undefined
        ? []
        : [{ artefact: 'age-file', location: '/acme.age', provenAt: iso(testedAt) }],
  };
  await writeFile(path('keyring.json'), JSON.stringify({ version: 1, writtenBy: '0.1.0', keys: [key] }));
  const settings = JSON.parse(await readFile(path('environment.json'), 'utf8'));
  const transport = {
    encrypted: true,
    protocol: 'TLSv1.3',
    verified: 'chain',
    local: false,
    ...(certificateTo !== undefined && { validTo: iso(certificateTo) }),
  };
  await writeFile(path('environment.json'), JSON.stringify({ ...settings, transport }));
}

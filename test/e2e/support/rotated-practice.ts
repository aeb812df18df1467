import { join } from 'node:path';
import type { Keel } from './keel.ts';
import { call, run } from './window-calls.ts';

const passphrase = 'spare anvil under the old bridge';

export interface RotatedPractice {
  readonly environment: string;
  /** Fingerprints. */
  readonly old: string;
  readonly active: string;
}

/** The practice after a rotation, through the same calls as the wizard's. */
export async function rotatedPractice(keel: Keel): Promise<RotatedPractice> {
  const { page } = keel;
  const { environment } = await run(page, 'practice.start', {});
  const [{ fingerprint: old }] = await call(page, 'keys.list', { environment });
  const { proposed } = await run(page, 'inventory.discover', { environment, fingerprint: old });
  const columns = proposed.map(({ entry }: { entry: object }) => entry);
  const excluded = ['source_connection.credentials'];
  await call(page, 'inventory.write', { environment, columns, excluded });
  await run(page, 'proof.run', { environment, fingerprint: old });
  const { fingerprint: active } = await call(page, 'keys.generate', { environment });
  await prepareBackup(keel, environment, active);
  const request = { environment, excluded, accepted: [] };
  await run(page, 'rotation.preflight', request);
  await run(page, 'rotation.rehearse', request);
  await run(page, 'rotation.rotate', request);
  return { environment, old, active };
}

async function prepareBackup(keel: Keel, environment: string, fingerprint: string): Promise<void> {
  const { page } = keel;
  const path = join(keel.folder, 'new.age');
  await keel.answerDialog(path);
  await call(page, 'files.choose', { purpose: 'save-age', fingerprint });
  await run(page, 'backup.create', {
    environment,
    fingerprint,
    artefact: { form: 'passphrase', path, passphrase: { typed: passphrase } },
  });
  await run(page, 'backup.drill', { environment, fingerprint, from: { from: 'file', path, passphrase } });
}

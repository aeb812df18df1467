import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addEnvironment } from './fresh-environment.ts';
import type { Keel } from './keel.ts';

export interface AddedEnvironment {
  readonly name: string;
  readonly production: boolean;
}

/** Environments beside a first one, which need no server of their own: copies of its folder under other names. Restarts the app. */
export async function addMany(
  keel: Keel,
  databaseUrl: string,
  others: readonly AddedEnvironment[],
): Promise<void> {
  const first = await addEnvironment(keel.page, databaseUrl);
  const environments = join(keel.home, 'environments');
  for (const [at, { name, production }] of others.entries()) {
    const folder = join(environments, `db.example.org_5432_copy_${at}`);
    await cp(join(environments, first), folder, { recursive: true });
    const path = join(folder, 'environment.json');
    const settings = JSON.parse(await readFile(path, 'utf8'));
    const address = { ...settings.address, host: 'db.example.org', database: `copy_${at}` };
    await writeFile(path, JSON.stringify({ ...settings, name, production, address }));
  }
  await keel.restart();
}

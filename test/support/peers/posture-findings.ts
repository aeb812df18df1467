import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JudgedFinding } from '#posture/finding';
import { checkPosture } from '#posture/look/check-posture';
import { judgePosture } from '#posture/judge/judge-posture';
import { tlsFixtures } from '../postgres/postgres-server.ts';

/** What a check finds of these places, by id, as `status: what was seen`. */
export async function findings(
  folder: string,
  places: { api?: string; qdrant?: string; oauth?: string[] },
  signal = new AbortController().signal,
  resolve?: (host: string) => Promise<readonly string[]>,
): Promise<Record<string, string>> {
  const rootCertificate = join(folder, 'roots.crt');
  const roots = ['ca', 'expired-ca'].map((name) => readFile(join(tlsFixtures, `${name}.crt`)));
  await writeFile(rootCertificate, Buffer.concat(await Promise.all(roots)));
  const facts = await checkPosture(
    { places: { oauth: [], keyFiles: [], rootCertificate, ...places }, inventory: [], answers: [] },
    { signal, ...(resolve && { resolve }) },
  );
  const reported = ({ id, status, seen }: JudgedFinding) => [id, `${status}: ${seen}`];
  return Object.fromEntries(judgePosture(facts).map(reported));
}

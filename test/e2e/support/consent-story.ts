import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Acme, connectAcme, passphrase, prepareNewKey } from './acme.ts';
import { addEnvironment } from './fresh-environment.ts';
import type { Keel, ShownDialog } from './keel.ts';
import { call, run } from './window-calls.ts';

/**
 * An admin's story with a real database, from adding it to the restore on a new machine, through the calls that the screens make.
 * `onQuestion` sees each question of main while it is open; then the admin agrees.
 */
export async function tellStory(
  old: Keel,
  newMachine: Keel,
  acme: Acme,
  onQuestion: (keel: Keel, question: ShownDialog) => Promise<void> = async () => undefined,
): Promise<void> {
  const on = <T>(keel: Keel, work: () => Promise<T>) => agreeing(keel, onQuestion, work);
  const environment = await on(old, () => connectAcme(old, acme));
  await prepareNewKey(old, environment);
  const request = { environment, excluded: [], accepted: [] };
  await on(old, async () => {
    await run(old.page, 'rotation.preflight', request);
    await run(old.page, 'rotation.rehearse', request);
    await run(old.page, 'rotation.rotate', request);
  });
  const env = join(old.folder, '.env');
  await writeFile(env, `ENCRYPTION_KEY=${acme.oldKey.toString('base64')}\n`);
  await old.answerDialog(env);
  await call(old.page, 'files.choose', { purpose: 'open-handoff' });
  const target = { kind: 'env-file', path: env, variable: 'ENCRYPTION_KEY' };
  await on(old, () => call(old.page, 'handoff.apply', { environment, target }));

  const backup = join(old.folder, 'new-key.age');
  await on(newMachine, () => restore(newMachine, acme, backup));
}

/** Adds the database and restores its key from the backup, which decrypts every value. */
async function restore(keel: Keel, acme: Acme, backup: string): Promise<void> {
  const { page } = keel;
  const environment = await addEnvironment(page, acme.url);
  await keel.answerDialog(backup);
  await call(page, 'files.choose', { purpose: 'open-age' });
  const from = { from: 'file', path: backup, passphrase };
  const { fingerprint } = await call(page, 'keys.adopt', { environment, source: { kind: 'artefact', from } });
  const { proposed } = await run(page, 'inventory.discover', { environment, fingerprint });
  const columns = proposed.map(({ entry }: { entry: object }) => entry);
  await call(page, 'inventory.write', { environment, columns, excluded: [] });
  await run(page, 'proof.run', { environment, fingerprint });
}

/** Does work during which every question is looked at and agreed to. */
async function agreeing<T>(
  keel: Keel,
  onQuestion: (keel: Keel, question: ShownDialog) => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  await keel.answerQuestions(undefined);
  let isOver = false;
  let seen = (await questionsOf(keel)).length;
  const answering = (async () => {
    while (!isOver) {
      const question = (await questionsOf(keel))[seen];
      if (question) {
        seen++;
        await onQuestion(keel, question);
        await keel.answerMessageBox(1);
      } else await wait(50);
    }
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await answering;
  }
}

/** What main asked the admin so far. */
export async function questionsOf(keel: Keel): Promise<ShownDialog[]> {
  return (await keel.dialogs()).filter(({ type }) => type === 'question');
}

import { showMessageBox } from '../../host/desk/dialog-face.ts';
import { createAcme } from '../support/acme.ts';
import { tellStory } from '../support/consent-story.ts';
import type { Keel, ShownDialog } from '../support/keel.ts';
import { test } from '../support/keel-test.ts';
import { launchKeel } from '../support/launch/launch-keel.ts';
import { picture } from './album.ts';

const names = ['connect', 'rotate', 'handoff', 'restore'] as const;

test('what Keel asks an admin from adding a database to a restore', async ({ keel }) => {
  test.setTimeout(600_000);
  await using acme = await createAcme();
  const newMachine = await launchKeel();
  let asked = 0;
  try {
    await tellStory(keel, newMachine, acme, async (keel, question) => {
      await drawn(keel, question);
      await picture(keel, `question-${names[asked++]}`);
      await keel.page.keyboard.press('Escape');
    });
  } finally {
    await newMachine.close();
  }
});

/** Draws a question over the page as `npm start` does. The system draws it where Electron runs. */
async function drawn(
  { page }: Keel,
  { message = '', detail = '', buttons = [] }: ShownDialog,
): Promise<void> {
  const face = { message, detail, buttons: [...buttons], defaultId: 0, cancelId: 0 };
  // it is answered when the picture was taken
  await page.evaluate(`void (${showMessageBox.toString()})(${JSON.stringify(face)})`);
}

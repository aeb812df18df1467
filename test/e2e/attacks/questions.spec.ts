import { createAcme } from '../support/acme.ts';
import { questionsOf, tellStory } from '../support/consent-story.ts';
import { expect, test } from '../support/keel-test.ts';
import { launchKeel } from '../support/launch/launch-keel.ts';
import { call } from '../support/window-calls.ts';

test('an admin who connects, rotates, hands off and restores is asked four times', async ({ keel }) => {
  test.setTimeout(300_000);
  await using acme = await createAcme();
  const newMachine = await launchKeel();
  try {
    await tellStory(keel, newMachine, acme);
    const asked = [...(await questionsOf(keel)), ...(await questionsOf(newMachine))];
    expect(asked.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Connect to /),
      'Rotate the key of “Acme production” (PROD)?',
      expect.stringMatching(/^Write key [-0-9a-f]{19} of “Acme production” \(PROD\) to this destination\?$/),
      expect.stringMatching(/^Connect to /),
    ]);
    const [card] = await call(newMachine.page, 'environments.list', {});
    expect(card).toMatchObject({ proof: { verdict: 'correct', opened: acme.rows, values: acme.rows } });
  } finally {
    await newMachine.close();
  }
});

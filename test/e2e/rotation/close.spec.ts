import { connectAcme, createAcme, hold, prepareNewKey } from '../support/acme.ts';
import { expect, test } from '../support/keel-test.ts';
import { confirmRotation, rehearse } from '../support/wizard.ts';

test.describe('closing the window during a rotation', () => {
  test.setTimeout(300_000);

  test('asks, stays open if told to, and rolls back if called off', async ({ keel }) => {
    await using acme = await createAcme();
    const environment = await connectAcme(keel, acme);
    await prepareNewKey(keel, environment);
    const before = await acme.ciphertexts();
    const { page } = keel;
    const ballast = await acme.connectBallast();
    await rehearse(page, { besideBallast: true });
    await hold(ballast, 'write');
    await confirmRotation(page, { besideBallast: true });
    await expect.poll(() => acme.staging(), { timeout: 60_000 }).not.toEqual([]);

    await keel.closeWindow();
    await expect.poll(async () => (await keel.dialogs()).at(-1)?.message).toBe('A rotation is running');
    expect((await keel.dialogs()).at(-1)?.buttons).toEqual(['Keep Keel open', 'Cancel and quit']);
    await keel.answerMessageBox(0);
    await expect(page.getByRole('button', { name: 'Cancel' })).toBeEnabled();

    await keel.closeWindow();
    await keel.answerMessageBox(1);
    expect(await keel.ended()).toBe(0);
    expect(await acme.ciphertexts()).toEqual(before);
    expect(await acme.journal()).toEqual([]);
    expect(await acme.staging()).toEqual([]);
    await ballast.end();
  });

  test('past the commit waits for its end, and quits then', async ({ keel }) => {
    await using acme = await createAcme();
    const environment = await connectAcme(keel, acme);
    const newKey = await prepareNewKey(keel, environment);
    const { page } = keel;
    const ballast = await acme.connectBallast();
    await rehearse(page, { besideBallast: true });
    const letGo = await hold(ballast, 'commit');
    await confirmRotation(page, { besideBallast: true });
    await expect(page.getByText('It can no longer be cancelled and is being completed').first()).toBeVisible({
      timeout: 60_000,
    });

    await keel.closeWindow();
    await keel.answerMessageBox(1);
    await expect.poll(async () => (await keel.dialogs()).at(-1)?.buttons?.[1]).toBe('Quit when finished');
    await letGo();
    expect(await keel.ended()).toBe(0);
    expect(await acme.opened(newKey)).toBe(acme.rows);
    expect(await acme.journal()).toHaveLength(1);
    await ballast.end();
  });
});

import { connectAcme, createAcme, hold, prepareNewKey } from '../support/acme.ts';
import { test } from '../support/keel-test.ts';
import { button, confirmRotation, expect, openScreen, phase, rehearse } from '../support/wizard.ts';

test.describe('a rotation that is cancelled', () => {
  test.setTimeout(300_000);

  test('while rows are being written rolls back to the last byte, and can be done again', async ({
    keel,
  }) => {
    await using acme = await createAcme();
    const environment = await connectAcme(keel, acme);
    const newKey = await prepareNewKey(keel, environment);
    const before = await acme.ciphertexts();
    const { page } = keel;
    // the one who holds the rows up is somebody else to Keel
    const ballast = await acme.connectBallast();
    await rehearse(page, { besideBallast: true });
    const letGo = await hold(ballast, 'write');

    await confirmRotation(page, { besideBallast: true });
    await expect(phase(page, 'Write')).toHaveAttribute('aria-current', 'step');
    // leaving the screen does not stop it, and coming back finds it
    await openScreen(page, 'Hand-off');
    await expect(page.getByRole('region', { name: 'Operations on other screens' })).toContainText(
      'Rotating the key',
    );
    await openScreen(page, 'Rotate');
    await button(page, 'Cancel').click();
    await expect(page.getByText(/cancelled and rolled back; nothing was changed/)).toBeVisible();

    expect(await acme.ciphertexts()).toEqual(before);
    expect(await acme.opened(acme.oldKey)).toBe(acme.rows);
    expect(await acme.journal()).toEqual([]);
    expect(await acme.staging()).toEqual([]);

    await letGo();
    await button(page, 'Back to the review').click();
    await button(page, 'Back to the rehearsal').click();
    await confirmRotation(page, { besideBallast: true });
    await expect(page.getByText('Verified and committed.')).toBeVisible();
    expect(await acme.opened(newKey)).toBe(acme.rows);
    await ballast.end();
  });

  test('past the commit is brought to its end, and the button says so', async ({ keel }) => {
    await using acme = await createAcme();
    const environment = await connectAcme(keel, acme);
    const newKey = await prepareNewKey(keel, environment);
    const { page } = keel;
    const ballast = await acme.connectBallast();
    await rehearse(page, { besideBallast: true });
    const letGo = await hold(ballast, 'commit');

    await confirmRotation(page, { besideBallast: true });
    await expect(
      page.getByText('It can no longer be cancelled and is being completed').first(),
    ).toBeVisible();
    await expect(button(page, 'Cancel')).toBeDisabled();
    expect(await acme.opened(newKey)).toBe(0);

    await letGo();
    await expect(page.getByText('Verified and committed.')).toBeVisible();
    expect(await acme.opened(newKey)).toBe(acme.rows);
    expect(await acme.journal()).toHaveLength(1);
    await ballast.end();
  });
});

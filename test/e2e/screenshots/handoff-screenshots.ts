import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { connectAcme, createAcme, passphrase, prepareNewKey } from '../support/acme.ts';
import { picture } from './album.ts';
import { test } from '../support/keel-test.ts';
import { call, run } from '../support/window-calls.ts';
import { button, confirmRotation, expect, openScreen, rehearse } from '../support/wizard.ts';

// the places that Ballast reads its key from, and where old keys still stand

async function chooseKind(page: Page, name: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Kind' }).click();
  await page.getByRole('option', { name, exact: true }).click();
}

test('the hand-off to several places, while a session of before is still connected', async ({ keel }) => {
  test.setTimeout(600_000);
  await using acme = await createAcme();
  const { page, folder } = keel;
  const environment = await connectAcme(keel, acme);
  const [{ activeKey }] = await call(page, 'environments.list', {});
  const old = join(folder, 'old-key.age');
  await keel.answerDialog(old);
  await call(page, 'files.choose', { purpose: 'save-age', fingerprint: activeKey.fingerprint });
  const artefact = { form: 'passphrase', path: old, passphrase: { typed: passphrase } };
  await run(page, 'backup.create', { environment, fingerprint: activeKey.fingerprint, artefact });
  await prepareNewKey(keel, environment);
  const ballast = await acme.connectBallast();
  await rehearse(page, { besideBallast: true });
  await confirmRotation(page, { besideBallast: true });
  await expect(page.getByText('Verified and committed.')).toBeVisible();

  await openScreen(page, 'Hand-off');
  await expect(page.getByText('Where does Ballast get its key?')).toBeVisible();
  await picture(keel, 'handoff-none');
  const key = acme.oldKey.toString('base64');
  const env = join(folder, '.env');
  await writeFile(env, `POSTGRES_HOST=db\nENCRYPTION_KEY=${key}\nLOG_LEVEL=info\n`);
  const compose = join(folder, 'compose.yaml');
  await writeFile(
    compose,
    `services:\n  api:\n    image: ballast\n    environment:\n      ENCRYPTION_KEY: "${key}" # of 2024\n  worker:\n    image: ballast\n    environment:\n      - ENCRYPTION_KEY=${key}\n`,
  );
  await keel.answerDialog(env);
  await button(page, 'Choose… File').click();
  await button(page, 'Preview change').click();
  await button(page, 'Write the key to the file').click();
  await expect(page.getByText('Has the active key')).toBeVisible();
  await expect(page.getByText(/started before the cutover/)).toBeVisible();
  await button(page, 'Add destination…').click();
  await chooseKind(page, 'Compose file');
  await keel.answerDialog(compose);
  await button(page, 'Choose… File').click();
  await picture(keel, 'handoff-name');
  await button(page, 'Preview change').click();
  await expect(page.getByText('Has a different key')).toBeVisible();
  await picture(keel, 'handoff-places');
  await button(page, 'Write the key to the file').click();
  await expect(page.getByText('Has the active key')).toBeVisible();
  await button(page, 'Add destination…').click();
  await chooseKind(page, 'Vault or OpenBao');
  await picture(keel, 'handoff-name-vault');
  await page.getByLabel('Address').fill('https://vault.acme.example:8200');
  await page.getByLabel('Secret path').fill('ballast/production');
  await button(page, 'Preview change').click();
  await picture(keel, 'handoff-vault');
  await page.getByRole('button', { name: /^\.env file/ }).click();
  await expect(page.getByText('Has the active key')).toBeVisible();
  await ballast.end();
  const places = page.getByRole('table', { name: 'Locations and copies of old keys' });
  await places.scrollIntoViewIfNeeded();
  await picture(keel, 'handoff-leftovers');
});

import { join } from 'node:path';
import { createSourcesDatabase } from '../../support/databases/sources-database.ts';
import { connectAcme } from '../support/acme.ts';
import { httpServer, httpsServer, qdrant } from '../../support/peers/posture-servers.ts';
import { picture } from './album.ts';
import type { Keel } from '../support/keel.ts';
import { test } from '../support/keel-test.ts';
import { trustTestAuthority } from '../support/test-authority.ts';
import { button, expect, openScreen } from '../support/wizard.ts';

// `npm run screenshots`: the whole story on the practice database, each screen and step to docs/images in both themes

const passphrase = 'spare anvil under the old bridge';

async function fillBackup(keel: Keel, name: string): Promise<void> {
  const { page } = keel;
  await keel.answerDialog(join(keel.folder, name));
  await button(page, /^Choose location/).click();
  await page.getByLabel('Backup passphrase').fill(passphrase);
  await page.getByLabel('Confirm passphrase').fill(passphrase);
}

/** From the backup that was just made to the key that it gave back. */
async function proveBackup({ page }: Keel): Promise<void> {
  await page.getByLabel('Passphrase for this file').fill(passphrase);
  await button(page, 'Test backup').click();
  await expect(page.getByText('Backup tested: the key was restored.')).toBeVisible();
}

test('every screen and step, from the first start to the undo', async ({ keel }) => {
  test.setTimeout(900_000);
  const { page } = keel;
  await expect(button(page, 'Practise on a sample database')).toBeVisible();
  await picture(keel, 'home-empty');
  await button(page, 'Connect a database').click();
  await picture(keel, 'connect');
  await openScreen(page, 'Home');
  await button(page, 'Practise on a sample database').click();
  await expect(button(page, 'End practice').first()).toBeVisible();
  await picture(keel, 'home-practice');

  await openScreen(page, 'Prove');
  await button(page, 'Find encrypted columns').click();
  await expect(button(page, 'Save and prove the key')).toBeVisible();
  await picture(keel, 'prove-columns');
  await button(page, 'Save and prove the key').click();
  await expect(button(page, /Back it up|Go to rotation|Prove again/).first()).toBeVisible();
  await picture(keel, 'prove-mixed');
  await page.getByRole('checkbox', { name: /Exclude them in source_connection/ }).check();
  await button(page, 'Save exclusions').click();
  await button(page, 'Prove again').click();
  await expect(page.getByRole('status', { name: 'Verdict' }).getByText(/^Correct/)).toBeVisible();
  await picture(keel, 'prove');

  await button(page, 'Back it up').click();
  await fillBackup(keel, 'active-key.age');
  await picture(keel, 'backup');
  await button(page, 'Create backup').click();
  await proveBackup(keel);
  await picture(keel, 'drill');

  await openScreen(page, 'Key');
  await button(page, 'Generate a new key').click();
  await expect(page.getByText('Pending').first()).toBeVisible();
  await picture(keel, 'key');
  await openScreen(page, 'Rotate');
  await picture(keel, 'rotate-guarded');
  await openScreen(page, 'Backups');
  await button(page, /^Create (a|another) backup$/).click();
  await fillBackup(keel, 'new-key.age');
  await button(page, 'Create backup').click();
  await proveBackup(keel);
  await openScreen(page, 'Backups');
  await picture(keel, 'backups');

  await openScreen(page, 'Rotate');
  await expect(button(page, 'Run preflight')).toBeVisible();
  await button(page, 'Run preflight').click();
  await expect(button(page, 'Check again')).toBeVisible();
  await picture(keel, 'rotate-preflight');
  await button(page, 'Continue to the rehearsal').click();
  await button(page, 'Rehearse').click();
  await expect(button(page, 'Review the rotation')).toBeVisible();
  await picture(keel, 'rotate-rehearsal');
  await button(page, 'Review the rotation').click();
  await picture(keel, 'rotate-review');
  await button(page, 'Rotate the key').click();
  await expect(page.getByText('Verified and committed.')).toBeVisible();
  await picture(keel, 'rotate-done');

  await button(page, 'Hand off the new key').click();
  await picture(keel, 'handoff');
  await button(page, 'Write the key to the file').click();
  await button(page, 'Sweep for stragglers').click();
  await expect(page.getByText('No value encrypted with the old key was found.')).toBeVisible();
  await picture(keel, 'handoff-done');

  await openScreen(page, 'Key');
  await page.getByRole('row', { name: /Retired/ }).click();
  await button(page, 'I have no such dumps…').scrollIntoViewIfNeeded();
  await picture(keel, 'key-retired');
  await button(page, 'I have no such dumps…').click();
  await page.getByRole('checkbox', { name: /^No dump of/ }).check();
  await picture(keel, 'key-dumps');
  await button(page, 'Record statement').click();
  await button(page, 'Destroy this key…').click();
  await picture(keel, 'key-destroy');
  await button(page, 'Cancel').click();

  await openScreen(page, 'Rotate');
  await button(page, 'Undo…').click();
  await button(page, 'Rehearse the undo').click();
  await expect(button(page, 'Undo the rotation')).toBeVisible();
  await picture(keel, 'undo');

  await openScreen(page, 'Posture');
  await button(page, 'Set up checks').click();
  await using api = await httpsServer('posture-self');
  await using vectors = await httpServer(qdrant());
  await page.getByLabel('API', { exact: true }).fill(api.url);
  await page.getByLabel('Qdrant', { exact: true }).fill(vectors.url);
  await picture(keel, 'posture-places');
  await button(page, 'Save').click();
  await button(page, 'Check now').click();
  await page.locator('summary').filter({ hasText: 'API: certificate chain' }).first().click();
  await picture(keel, 'posture');
  await openScreen(page, 'API keys');
  await button(page, 'Find the table').click();
  await expect(button(page, 'Use this table')).toBeVisible();
  await picture(keel, 'api-keys-found');
  await button(page, 'Use this table').click();
  await page.getByRole('row', { name: /^Pilot with/ }).click();
  await picture(keel, 'api-keys');
  await button(page, 'Create a key').click();
  await page.getByLabel('Name').fill('Release pipeline');
  await page.getByLabel('Collection ID').fill('col_7');
  await picture(keel, 'api-keys-create');
  await page.keyboard.press('Enter');
  await expect(button(page, 'Copy the key')).toBeVisible();
  await picture(keel, 'api-keys-fresh');
  await button(page, 'Close without copying').click();
  await openScreen(page, 'Credentials');
  await expect(page.getByRole('list', { name: 'Values' })).toBeVisible();
  await picture(keel, 'credentials');
  await page.getByText('Archive', { exact: true }).click();
  const archive = join(keel.folder, 'credentials.age');
  await keel.answerDialog(archive);
  await button(page, /^Choose location/).click();
  await page.getByLabel('Passphrase for the new archive').fill(passphrase);
  await page.getByLabel('Confirm passphrase').fill(passphrase);
  await button(page, 'Create archive').click();
  await expect(page.getByText(/credentials sealed in/)).toBeVisible();
  await keel.answerDialog(archive);
  await button(page, /Choose….* Archive file/).click();
  await page.getByLabel('Passphrase for this file').fill(passphrase);
  await button(page, 'Compare with the database').click();
  await expect(page.getByText('The database matches the archive.')).toBeVisible();
  await picture(keel, 'credentials-archive');

  for (const title of ['Home', 'Activity', 'Settings']) {
    await openScreen(page, title);
    await expect(page.getByRole('main')).not.toHaveAttribute('aria-busy', 'true');
    await picture(keel, title.toLowerCase());
    if (title !== 'Activity') continue;
    await keel.answerDialog(join(keel.folder, 'activity.csv'));
    await button(page, 'Export…').click();
    await expect(page.getByText(/entries written to/)).toBeVisible();
    await picture(keel, 'activity-export');
  }
  await page.keyboard.press('ControlOrMeta+K');
  await picture(keel, 'palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+L');
  await expect(button(page, 'Unlock')).toBeVisible();
  await picture(keel, 'locked');
});

test('what became of credentials, on sources of this machine', async ({ keel }) => {
  test.setTimeout(300_000);
  await using sources = await createSourcesDatabase();
  const { page } = keel;
  const environment = await connectAcme(keel, { url: sources.url, oldKey: sources.key });
  await trustTestAuthority(keel, environment);
  await openScreen(page, 'Connections');
  await picture(keel, 'connections-before');
  await page.getByRole('switch', { name: 'Include private networks' }).click({ force: true });
  await button(page, 'Test connections').click();
  await expect(button(page, 'Test again')).toBeVisible();
  await picture(keel, 'connections');
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDatabase } from '../../support/postgres/test-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { connectAcme, createAcme, passphrase, prepareNewKey } from '../support/acme.ts';
import { addEnvironment } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { call } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

test.slow();

/** Encrypting and decrypting a key file costs seconds of scrypt each, and several times that beside others. */
const sealing = { timeout: 120_000 };
test.skip(({ keel }) => keel.host === 'electron', 'only the Chromium host can drag files');

const certificate = join(import.meta.dirname, '../../fixtures/tls/ca.crt');

test('a dropped .env is read once the admin agrees, and its key imported once they press the button', async ({
  keel,
}) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  const environment = await addEnvironment(page, database.url);
  const path = join(keel.folder, '.env');
  const key = Buffer.alloc(32, 9).toString('base64');
  await writeFile(path, `LOG_LEVEL=info\nENCRYPTION_KEY=${key}\n`);

  await keel.answerQuestions(false);
  await keel.dropFiles(path);
  const asked = async () => (await keel.dialogs()).at(-1);
  await expect.poll(async () => (await asked())?.message).toBe('Read the dropped file .env?');
  expect((await asked())?.detail).toContain(path);
  await expect(page.getByRole('dialog')).toHaveCount(0);

  // a no holds until something is pressed
  await keel.answerQuestions(true);
  await keel.dropFiles(path);
  await expect(page.getByRole('dialog', { name: 'The dropped file was not read' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.mouse.click(640, 8);
  await keel.dropFiles(path);
  const sheet = page.getByRole('dialog', { name: 'A settings file' });
  await expect(sheet).toContainText('It sets ENCRYPTION_KEY.');
  await expectAccessible(page);
  expect(await call(page, 'keys.list', { environment })).toEqual([]);
  expect(await readFile(path, 'utf8')).toContain(key);

  await sheet.getByRole('button', { name: 'Import its key' }).click();
  await expect(sheet.getByText(/^Key .* is in the key ring of/)).toBeVisible(sealing);
  await sheet.getByRole('button', { name: 'Open the key ring' }).click();
  await expect(page.getByRole('row', { name: /Unproven/ })).toHaveCount(1);
  expect((await keel.traffic()).join('\n')).not.toContain(key);
});

test('a dropped backup is tested, and a dropped .env offered the key that it lacks', async ({ keel }) => {
  const { page } = keel;
  await using acme = await createAcme();
  const environment = await connectAcme(keel, acme);
  await prepareNewKey(keel, environment);
  await openScreen(page, 'Hand-off');
  await keel.dropFiles(join(keel.folder, 'new-key.age'));
  const backup = page.getByRole('dialog', { name: 'An age file with a passphrase' });
  await expect(backup).toBeVisible(sealing);
  await backup.getByLabel('Passphrase for this file').fill(passphrase);
  await backup.getByRole('button', { name: 'Test it as a backup' }).click();
  // of the new key, and not of the active one
  await expect(backup.getByText(/^It contains key .*, not /)).toBeVisible(sealing);
  await page.keyboard.press('Escape');

  const path = join(keel.folder, '.env');
  await writeFile(path, `ENCRYPTION_KEY=${Buffer.alloc(32, 9).toString('base64')}\n`);
  await keel.dropFiles(path);
  await page
    .getByRole('dialog', { name: 'A settings file' })
    .getByRole('button', { name: 'Preview a hand-off to it' })
    .click();
  await expect(page.getByRole('main').getByText(path).first()).toBeVisible();
  await expect(button(page, 'Write the key to the file')).toBeEnabled(sealing);
});

test('a certificate is shown, an unknown file and several explained, and nothing is offered for them', async ({
  keel,
}) => {
  const { page } = keel;
  await keel.dropFiles(certificate);
  const sheet = page.getByRole('dialog', { name: 'A certificate' });
  await expect(sheet).toContainText('A CA certificate');
  await expectAccessible(page);
  await expect(sheet.getByRole('button', { name: /Import|Test/ })).toHaveCount(0);
  await page.keyboard.press('Escape');
  const path = join(keel.folder, 'letter.txt');
  await writeFile(path, 'a letter to somebody\n');
  await keel.dropFiles(path);
  await expect(page.getByRole('dialog', { name: 'Not a file that Keel knows' })).toBeVisible();
  await page.keyboard.press('Escape');
  await keel.dropFiles(path, certificate);
  await expect(page.getByRole('dialog', { name: 'Drop one file at a time' })).toBeVisible();
});

test('a page cannot make up a drop, sees neither path nor content of one, and even a renderer that was taken over has no file read', async ({
  keel,
}) => {
  const { page } = keel;
  await keel.answerQuestions(false);
  const heard = () => page.evaluate(() => (globalThis as any).heard as string[]);
  await page.evaluate(() => {
    const heard: string[] = ((globalThis as any).heard = []);
    for (const capture of [true, false])
      window.addEventListener('drop', (event) => heard.push(event.isTrusted ? 'real' : 'made up'), {
        capture,
      });
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'passwd'));
    document.body.dispatchEvent(
      new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true, composed: true }),
    );
  });
  expect(await heard()).toEqual(['made up', 'made up']);
  expect(await keel.dialogs()).toEqual([]);

  await keel.dropFiles(certificate);
  await expect.poll(async () => (await keel.dialogs()).length).toBe(1);
  expect(await heard()).toEqual(['made up', 'made up']);

  // past the preload: the admin is asked by the full path, and nothing of it crosses to the page
  await page.mouse.click(640, 8);
  await keel.invokeFrom('keel://app/', 'keel:drop', ['/etc/passwd']);
  const asked = await keel.dialogs();
  expect(asked.at(-1)?.detail).toContain('/etc/passwd');
  expect((await keel.traffic()).join('\n')).not.toContain('root:');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { Page } from '@playwright/test';
import { type Acme, connectAcme, createAcme, passphrase } from '../support/acme.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { addEnvironment, sealing } from '../support/fresh-environment.ts';
import type { Keel } from '../support/keel.ts';
import { expect, test } from '../support/keel-test.ts';
import { formsOfKey, formsOfText, foundUnder } from '../support/known-secrets.ts';
import { call, run } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

test.slow();

interface Backups {
  readonly fingerprint: string;
  readonly age: string;
  readonly sealed: string;
  readonly identity: string;
  readonly words: string;
  readonly shares: readonly string[];
  readonly photo: string;
}

/** The active key in every form, as an admin leaves them in a safe: files, words, the scan of a sheet. */
async function makeBackups(keel: Keel, environment: string): Promise<Backups> {
  const { page, folder } = keel;
  const [{ activeKey }] = await call(page, 'environments.list', {});
  const { fingerprint } = activeKey;
  const make = async (purpose: string, name: string, artefact: object) => {
    const path = join(folder, name);
    await keel.answerDialog(path);
    await call(page, 'files.choose', { purpose, fingerprint });
    const place = purpose === 'save-shares' ? { folder: path } : { path };
    await run(page, 'backup.create', { environment, fingerprint, artefact: { ...artefact, ...place } });
    return path;
  };
  const typed = { typed: passphrase };
  const age = await make('save-age', 'key.age', { form: 'passphrase', passphrase: typed });
  const secret = await generateX25519Identity();
  const identity = join(folder, 'identity.txt');
  await writeFile(identity, `# made by the spec\n${secret}\n`);
  const recipients = [await identityToRecipient(secret)];
  const sealed = await make('save-recipients', 'sealed.age', { form: 'recipients', recipients });
  const text = await readFile(await make('save-words', 'words.txt', { form: 'words-file' }), 'utf8');
  const terms = { threshold: 2, holders: ['Anna', 'Ben', 'Chiara'] };
  const set = await make('save-shares', 'set', { form: 'shares', ...terms });
  const content = { kind: 'sealed', passphrase: typed };
  const kit = await make('save-paper', 'kit.pdf', { form: 'paper', size: 'a4', content });
  await promisify(execFile)('pdftoppm', ['-r', '150', '-png', '-singlefile', kit, join(folder, 'scan')]);
  return {
    fingerprint,
    age,
    sealed,
    identity,
    words: text.replaceAll(/^#.*$/gm, '').trim(),
    shares: await filesIn(set),
    photo: join(folder, 'scan.png'),
  };
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

async function choose(keel: Keel, label: string, path: string): Promise<void> {
  await keel.answerDialog(path);
  await button(keel.page, label).click();
}

async function paste(page: Page, words: string): Promise<void> {
  const first = page.getByRole('combobox', { name: 'Word 1', exact: true });
  await first.focus();
  await first.evaluate((field, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', text);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, words);
}

/** The machine is gone: nothing of Keel's folder is left, and the database is connected anew. */
async function loseEverything(keel: Keel, acme: Acme): Promise<string> {
  await keel.kill();
  await rm(keel.home, { recursive: true, force: true });
  await keel.restart();
  return addEnvironment(keel.page, acme.url);
}

test('when Keel’s folder is lost, each form of a backup alone brings the environment back, and proves it', async ({
  keel,
}) => {
  test.setTimeout(400_000);
  await using acme = await createAcme();
  const backups = await makeBackups(keel, await connectAcme(keel, acme));
  const known = { 'the key': formsOfKey(acme.oldKey), 'the words': formsOfText(backups.words) };
  const ways: [kind: string, fill: (page: Page) => Promise<void>][] = [
    [
      'file',
      async (page) => {
        await choose(keel, 'Choose… age file', backups.age);
        await page.getByLabel('Passphrase for this file').fill(passphrase);
      },
    ],
    [
      'identity',
      async () => {
        await choose(keel, 'Choose… age file', backups.sealed);
        await choose(keel, 'Choose… Identity file', backups.identity);
      },
    ],
    ['words', (page) => paste(page, backups.words)],
    ['shares', () => choose(keel, 'Add share files…', backups.shares.slice(1).join('\n'))],
    [
      'photo',
      async (page) => {
        await choose(keel, 'Choose… Photo or scan', backups.photo);
        await page.getByLabel('Passphrase for this file').fill(passphrase);
      },
    ],
  ];
  for (const [kind, fill] of ways) {
    await test.step(kind, async () => {
      const environment = await loseEverything(keel, acme);
      const { page } = keel;
      const { fingerprint } = backups;
      await openScreen(page, 'Key');
      await page.getByText('Restore from a backup').click();
      await page.getByLabel('What do you have?').selectOption(kind);
      await fill(page);
      await button(page, 'Import key').click();
      await expect(page.getByText('was added to the key ring.')).toBeVisible(sealing);
      const { proposed } = await run(page, 'inventory.discover', { environment, fingerprint });
      const columns = proposed.map(({ entry }: { entry: object }) => entry);
      await call(page, 'inventory.write', { environment, columns, excluded: [] });
      await run(page, 'proof.run', { environment, fingerprint });
      const [card] = await call(page, 'environments.list', {});
      expect(card).toMatchObject({
        activeKey: { fingerprint },
        proof: { verdict: 'correct', opened: acme.rows, values: acme.rows },
      });
      expect(await foundUnder(known, keel.home)).toEqual([]);
      expect(keel.log()).not.toContain(acme.oldKey.toString('base64'));
    });
  }
  // what is the key by its nature lies where it was asked for, and nowhere else
  const clear = [join(keel.folder, 'words.txt')];
  expect(await foundUnder(known, keel.folder, clear)).toEqual([]);
});

test('a drill names each word and each share that is wrong, and the matrix shows what a backup opens', async ({
  keel,
}) => {
  test.setTimeout(300_000);
  await using acme = await createAcme();
  const { page } = keel;
  const environment = await connectAcme(keel, acme);
  const backups = await makeBackups(keel, environment);
  const others = await otherSet(keel, environment, backups.fingerprint);
  const alert = page.getByRole('alert');
  await openScreen(page, 'Backups');

  await button(page, 'Test backup: words.txt').click();
  await button(page, 'Back to the list').click();
  await button(page, 'Test another backup…').click();
  await page.getByLabel('What do you have?').selectOption('words');
  const words = backups.words.split(/\s+/);
  const first = page.getByRole('combobox', { name: 'Word 1', exact: true });
  await first.pressSequentially(words[0]?.slice(0, 4) ?? '');
  await first.press('Space');
  await expect(first).toHaveValue(words[0] ?? '');
  await expect(page.getByRole('combobox', { name: 'Word 2', exact: true })).toBeFocused();
  await expectAccessible(page);
  await paste(page, words.with(2, 'keel').join(' '));
  await button(page, 'Test backup').click();
  await expect(alert).toContainText('Word 3, “keel”, is not in the word list', sealing);
  const [third = '', ninth = ''] = [words[2], words[8]];
  await paste(page, words.with(2, ninth).with(8, third).join(' '));
  await button(page, 'Test backup').click();
  await expect(alert).toContainText('words 3 and 9 are swapped', sealing);
  await paste(page, words.join(' '));
  await button(page, 'Test backup').click();
  await expect(page.getByText('Backup tested: the key was restored.')).toBeVisible(sealing);

  await button(page, 'Test backup: set').click();
  await choose(keel, 'Add share files…', [backups.shares[0], others[1]].join('\n'));
  await button(page, 'Test backup').click();
  await expect(alert).toContainText('(shares): ', sealing);
  await expect(alert.getByRole('listitem').filter({ hasText: 'share-2-of-3-ben.txt' })).toContainText(
    'foreign',
  );
  await expectAccessible(page);
  await button(page, 'Remove share 2').click();
  await choose(keel, 'Add share files…', backups.shares[1] ?? '');
  await button(page, 'Test backup').click();
  await expect(alert.getByRole('listitem').filter({ hasText: 'of Chiara' })).toContainText(
    'missing',
    sealing,
  );
  await choose(keel, 'Add share files…', backups.shares[2] ?? '');
  await button(page, 'Test backup').click();
  await expect(page.getByText('Each of the 3 shares is valid.')).toBeVisible(sealing);

  await openScreen(page, 'Key matrix');
  await button(page, 'Add a backup').click();
  await page.getByLabel('What do you have?').selectOption('shares');
  await choose(keel, 'Add share files…', backups.shares.slice(0, 2).join('\n'));
  await button(page, 'Restore the key').click();
  await expect(page.getByRole('row', { name: /from set/ })).toBeVisible(sealing);
  await button(page, 'Prove all').click();
  await expect(page.getByText(`decrypts ${acme.rows} of ${acme.rows} values`)).toHaveCount(2, sealing);
  await expectAccessible(page);

  // made and never tested is remembered when Keel starts again
  await keel.restart();
  await openScreen(keel.page, 'Backups');
  await expect(keel.page.getByRole('row', { name: /^kit\.pdf/ })).toContainText('never tested');
  await expect(keel.page.getByRole('row', { name: /^set/ })).toContainText('Set of shares, 2 of 3');
});

/** Shares of the same key from another day, which fit no share of the first set. */
async function otherSet(keel: Keel, environment: string, fingerprint: string): Promise<string[]> {
  const folder = join(keel.folder, 'older');
  await keel.answerDialog(folder);
  await call(keel.page, 'files.choose', { purpose: 'save-shares', fingerprint });
  const artefact = { form: 'shares', folder, threshold: 2, holders: ['Anna', 'Ben', 'Chiara'] };
  await run(keel.page, 'backup.create', { environment, fingerprint, artefact });
  return filesIn(folder);
}

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase } from '../../support/postgres/test-database.ts';
import { type Acme, connectAcme, createAcme, passphrase } from '../support/acme.ts';
import { picture } from './album.ts';
import { addEnvironment } from '../support/fresh-environment.ts';
import type { Keel } from '../support/keel.ts';
import { test } from '../support/keel-test.ts';
import { call, run } from '../support/window-calls.ts';
import { button, expect, openScreen } from '../support/wizard.ts';

// each form of a backup as it is made, drilled, compared and restored from

const forms = {
  'age file, passphrase': 'backup-form',
  'age file, public keys': 'backup-public-keys',
  'Recovery words': 'backup-words',
  Shares: 'backup-shares',
  'Paper kit': 'backup-paper',
} as const;

async function choose(keel: Keel, label: string | RegExp, ...paths: string[]): Promise<void> {
  await keel.answerDialog(paths.join('\n'));
  await button(keel.page, label).click();
}

interface Backups {
  readonly words: string;
  readonly shares: readonly string[];
  readonly photo: string;
}

/** The active key as words, as shares and on paper, past the screens. */
async function makeBackups(keel: Keel, environment: string): Promise<Backups> {
  const { page, folder } = keel;
  const [{ activeKey }] = await call(page, 'environments.list', {});
  const make = async (purpose: string, name: string, artefact: object) => {
    const path = join(folder, name);
    await keel.answerDialog(path);
    await call(page, 'files.choose', { purpose, fingerprint: activeKey.fingerprint });
    const place = purpose === 'save-shares' ? { folder: path } : { path };
    const whole = { ...artefact, ...place };
    await run(page, 'backup.create', { environment, fingerprint: activeKey.fingerprint, artefact: whole });
    return path;
  };
  const text = await readFile(await make('save-words', 'acme-words.txt', { form: 'words-file' }), 'utf8');
  const terms = { threshold: 2, holders: ['Anna', 'Ben', 'Chiara'] };
  const set = await make('save-shares', 'acme-shares', { form: 'shares', ...terms });
  const content = { kind: 'sealed', passphrase: { typed: passphrase } };
  const kit = await make('save-paper', 'acme-kit.pdf', { form: 'paper', size: 'a4', content });
  await promisify(execFile)('pdftoppm', ['-r', '150', '-png', '-singlefile', kit, join(folder, 'acme-kit')]);
  return {
    words: text.replaceAll(/^#.*$/gm, '').trim(),
    shares: (await readdir(set)).sort().map((name) => join(set, name)),
    photo: join(folder, 'acme-kit.png'),
  };
}

/** Another database of this server with the same rows. */
async function restoredDump(acme: Acme) {
  const database = await createTestDatabase();
  await database.client.query('CREATE TABLE source_connection (id serial PRIMARY KEY, credentials text)');
  await database.client.query('INSERT INTO source_connection (credentials) SELECT unnest($1::text[])', [
    await acme.ciphertexts(),
  ]);
  return database;
}

async function drillWords({ page }: Keel, words: readonly string[]): Promise<void> {
  await page.getByLabel('What do you have?').selectOption('words');
  for (const [at, word] of words.entries())
    await page.getByRole('combobox', { name: `Word ${at + 1}`, exact: true }).fill(word);
}

test('the forms of a backup, their drills, the matrix, and a key restored', async ({ keel }) => {
  test.setTimeout(600_000);
  await using acme = await createAcme();
  const { page } = keel;
  const environment = await connectAcme(keel, acme);
  await openScreen(page, 'Backups');
  for (const [form, name] of Object.entries(forms)) {
    await page.getByRole('radio', { name: form }).check();
    if (form === 'age file, passphrase') {
      await button(page, 'Suggest a passphrase').click();
      await expect(button(page, 'Suggest another')).toBeVisible();
    }
    if (form === 'Shares')
      for (const [at, holder] of ['Anna', 'Ben', 'Chiara'].entries())
        await page.getByRole('textbox', { name: `Holder ${at + 1}`, exact: true }).fill(holder);
    await page.getByRole('heading', { level: 1 }).scrollIntoViewIfNeeded();
    await picture(keel, name);
  }
  await page.getByRole('radio', { name: 'age file, passphrase' }).check();
  await choose(keel, /^Choose location/, join(keel.folder, 'acme.age'));
  await button(page, 'Create backup').click();
  await expect(page.getByText('acme.age was written, but is not tested yet.')).toBeVisible();
  await picture(keel, 'backup-made');

  const { words, shares, photo } = await makeBackups(keel, environment);
  await button(page, 'Back to the list').click();
  await picture(keel, 'backups-forms');
  await button(page, 'Test another backup…').click();
  await drillWords(keel, words.split(/\s+/).with(2, 'keel'));
  await picture(keel, 'drill-words');
  await button(page, 'Test backup').click();
  await expect(page.getByRole('alert')).toContainText('Word 3');
  await picture(keel, 'drill-words-wrong');
  await page.getByLabel('What do you have?').selectOption('photo');
  await choose(keel, 'Choose… Photo or scan', photo);
  await page.getByLabel('Passphrase for this file').fill(passphrase);
  await page.getByLabel('What do you have?').selectOption('shares');
  await choose(keel, 'Add share files…', shares[0] ?? '', shares[1] ?? '');
  await button(page, 'Enter a share').click();
  await picture(keel, 'drill-shares');
  await button(page, 'Remove share 3').click();
  await button(page, 'Remove share 2').click();
  await button(page, 'Test backup').click();
  await expect(page.getByRole('alert')).toContainText('missing');
  await picture(keel, 'drill-shares-wrong');

  await call(page, 'keys.generate', { environment });
  await openScreen(page, 'Key matrix');
  await button(page, 'Add a backup').click();
  await page.getByLabel('What do you have?').selectOption('shares');
  await choose(keel, 'Add share files…', ...shares.slice(0, 2));
  await picture(keel, 'matrix-artefact');
  await button(page, 'Restore the key').click();
  await expect(page.getByRole('row', { name: /from acme-shares/ })).toBeVisible();
  await button(page, 'Add a database').click();
  await page
    .getByLabel('Connection URL')
    .fill('postgres://keel@restored.acme.example:5432/dump?sslmode=verify-full');
  await picture(keel, 'matrix-database');
  await using dump = await restoredDump(acme);
  const address = new URL(dump.url);
  address.search = '?sslmode=disable';
  await page.getByLabel('Connection URL').fill(address.href);
  await button(page, 'Connect').click();
  await expect(button(page, /^Remove (?!the key)/)).toBeVisible();
  await button(page, 'Prove all').click();
  await expect(page.getByText(`opens ${acme.rows} of ${acme.rows} rows`)).toHaveCount(4);
  await expect(button(page, 'Prove all')).toBeEnabled();
  await picture(keel, 'matrix');
});

test('a key that is restored from a backup on a new machine', async ({ keel }) => {
  test.setTimeout(120_000);
  await using acme = await createAcme();
  const { page } = keel;
  await addEnvironment(page, acme.url);
  await openScreen(page, 'Key');
  await page.getByText('Restore from a backup').click();
  await page.getByLabel('What do you have?').selectOption('words');
  await picture(keel, 'key-restore');
});

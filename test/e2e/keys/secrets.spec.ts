import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { connectPlainly, sharedServerUrl, urlOf } from '../../support/postgres/test-database.ts';
import { type Acme, acmeName, createAcme, keyInBackup } from '../support/acme.ts';
import { recordDocument } from '../support/document-record.ts';
import { sealing } from '../support/fresh-environment.ts';
import type { Keel } from '../support/keel.ts';
import { expect, test } from '../support/keel-test.ts';
import {
  formsOfKey,
  formsOfText,
  found,
  foundInArguments,
  foundUnder,
  type KnownSecrets,
} from '../support/known-secrets.ts';
import { call } from '../support/window-calls.ts';
import { button, confirmRotation, openScreen, rehearse } from '../support/wizard.ts';

// they share the folder below
test.describe.configure({ mode: 'default' });

// all that the app or Chromium writes in passing lies where it can be searched
const temporary = mkdtempSync(join(tmpdir(), 'keel-secrets-'));
test.use({ launch: { env: { TMPDIR: temporary, TEMP: temporary } } });
test.afterAll(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 5 }));

const secretWord = (of: string) => `${of}-${randomBytes(12).toString('hex')}`;

test('no secret of a whole rotation gets anywhere but where it belongs', async ({ keel }) => {
  test.setTimeout(300_000);
  await using world = await createWorld(keel);
  const { page } = keel;
  const recorded = await recordDocument(page);
  const search = async (secrets: KnownSecrets) => [
    ...found(secrets, 'the document', await page.content()),
    ...found(secrets, 'what the document once held', withoutFields(await recorded())),
    ...found(secrets, 'the output', keel.log()),
    ...(keel.host === 'chromium'
      ? found(secrets, 'the replies and events', (await keel.traffic()).join('\n'))
      : []),
    ...(await foundUnder(secrets, keel.home)),
    ...(await foundUnder(secrets, keel.folder, [world.envFile])),
    ...(await foundUnder(secrets, temporary)),
    ...(await foundInArguments(secrets)),
  ];
  const { newKey, known, fingerprint } = await rotateWholly(keel, world, async (secrets) => {
    expect(await search(secrets)).toEqual([]);
  });

  // the one exception, which shows that the search finds what is there
  await showKey(keel, world, fingerprint, newKey);
  expect(found(known, 'the document', await page.content())).toEqual([]);
  const shown = ['the new key in what the document once held'];
  if (keel.host === 'chromium') shown.push('the new key in the replies and events');
  expect(await search(known)).toEqual(shown);
});

test('once the app is locked, neither heap holds a secret of what was done before', async ({ keel }) => {
  test.skip(keel.host !== 'chromium', 'only the host hands its heap out');
  test.setTimeout(300_000);
  await using world = await createWorld(keel);
  const { page } = keel;
  const { newKey, known, fingerprint } = await rotateWholly(keel, world, async () => undefined);
  await showKey(keel, world, fingerprint, newKey);
  await expect(page.getByRole('heading', { level: 1, name: 'Key' })).toBeVisible();
  // a marker shows that the search finds what a heap holds
  const marker = secretWord('marker');
  await page.evaluate((word) => {
    (window as any).marker = { word };
  }, marker);
  await call(page, 'keys.list', { environment: marker }).catch(() => undefined);
  await page.keyboard.press('ControlOrMeta+l');
  await expect(page.getByRole('heading', { name: 'Keel is locked' })).toBeVisible();
  await keel.forgetTraffic();
  const heaps = { 'the heap of the page': await heapOf(page), 'the heap of main': await keel.heap() };
  const hits = Object.entries(heaps).flatMap(([where, heap]) => found(known, where, heap));
  expect(found({ marker: formsOfText(marker) }, 'the heap', heaps['the heap of the page'])).toEqual([
    'marker in the heap',
  ]);
  expect(hits).toEqual([]);
});

/** A database, its old key and all that is typed on the way, none of which stands anywhere else. */
async function createWorld(keel: Keel) {
  const login = await createLogin();
  const acme = await createAcme();
  const words = {
    'the password of the database': login.password,
    'the passphrase of the sealed file': secretWord('sealed'),
    'the passphrase of the backup': secretWord('backup'),
    'the passphrase of the lock': secretWord('lock'),
    'another secret of the .env': secretWord('neighbour'),
  };
  const envFile = join(keel.folder, '.env');
  await writeFile(
    envFile,
    `SLACK_TOKEN=${words['another secret of the .env']}\nENCRYPTION_KEY="${acme.oldKey.toString('base64')}"\n`,
  );
  return {
    acme,
    words,
    envFile,
    address: login.urlOf(acme),
    async [Symbol.asyncDispose]() {
      await acme[Symbol.asyncDispose]();
      await login[Symbol.asyncDispose]();
    },
  };
}

type World = Awaited<ReturnType<typeof createWorld>>;

/** From the first connection to the lock and back. `look` is called with what is secret so far. Answers the new key, which no Keel told. */
async function rotateWholly(
  keel: Keel,
  { acme, words, envFile, address }: World,
  look: (known: KnownSecrets) => Promise<void>,
) {
  const { page } = keel;
  const known: Record<string, readonly Buffer[]> = {
    'the old key': formsOfKey(acme.oldKey),
    'a credential of a row': formsOfText('s3cret-7-ü'),
  };
  for (const [name, word] of Object.entries(words)) known[name] = formsOfText(word);

  await button(page, 'Connect a database').click();
  await page.getByRole('textbox', { name: 'Connection URL' }).fill(address);
  await button(page, 'Test the connection').click();
  await page.getByRole('textbox', { name: 'Name' }).fill(acmeName);
  await page.getByRole('radio', { name: 'Encrypted key file' }).check();
  await page
    .getByLabel('Passphrase for the encrypted key file')
    .fill(words['the passphrase of the sealed file']);
  await page.getByLabel('Confirm passphrase').fill(words['the passphrase of the sealed file']);
  await button(page, 'Connect').click();
  await keel.answerDialog(envFile);
  await button(page, 'Choose… Ballast’s .env').click();
  await button(page, 'Import key').click();
  await button(page, 'Prove it against the database').click(sealing);
  await button(page, 'Find encrypted columns').click();
  await button(page, 'Save and prove the key').click(sealing);
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Correct', sealing);
  await look(known);

  const [{ id: environment }] = await call(page, 'environments.list', {});
  const { fingerprint } = await call(page, 'keys.generate', { environment });
  const path = join(keel.folder, 'new-key.age');
  await openScreen(page, 'Backups');
  await page.getByRole('radio', { name: new RegExp(fingerprint) }).check();
  await keel.answerDialog(path);
  await button(page, /^Choose location/).click();
  await page.getByLabel('Backup passphrase').fill(words['the passphrase of the backup']);
  await page.getByLabel('Confirm passphrase').fill(words['the passphrase of the backup']);
  await button(page, 'Create backup').click();
  await page.getByLabel('Passphrase for this file').fill(words['the passphrase of the backup'], sealing);
  await button(page, 'Test backup').click();
  await expect(page.getByText('Backup tested: the key was restored.')).toBeVisible(sealing);
  const newKey = await keyInBackup(path, words['the passphrase of the backup']);
  known['the new key'] = formsOfKey(newKey);

  await rehearse(page);
  await confirmRotation(page);
  await expect(page.getByText('Verified and committed.')).toBeVisible(sealing);
  expect(await acme.opened(newKey)).toBe(acme.rows);
  await button(page, 'Hand off the new key').click();
  await button(page, 'Write the key to the file').click();
  await button(page, 'Sweep for stragglers').click();
  await expect(page.getByText('No value encrypted with the old key was found.')).toBeVisible(sealing);
  expect(await readFile(envFile, 'utf8')).toContain(newKey.toString('base64'));
  expect(found(known, 'the journal', JSON.stringify(await acme.journal()))).toEqual([]);

  await call(page, 'settings.setLockPassphrase', { next: words['the passphrase of the lock'] });
  for (const screen of ['Key', 'Prove', 'Backups', 'Hand-off', 'Activity', 'Settings', 'Home'])
    await openScreen(page, screen);
  await page.keyboard.press('ControlOrMeta+l');
  await page.getByLabel('Passphrase', { exact: true }).fill(words['the passphrase of the lock']);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Environments' })).toBeVisible(sealing);
  await look(known);
  return { newKey, known, fingerprint: fingerprint as string };
}

/** Unlocks the environment, and shows its key for a moment. */
async function showKey({ page }: Keel, { words }: World, fingerprint: string, key: Buffer): Promise<void> {
  const [{ id: environment }] = await call(page, 'environments.list', {});
  await call(page, 'environments.unlock', {
    environment,
    passphrase: words['the passphrase of the sealed file'],
  });
  await openScreen(page, 'Key');
  await page.getByRole('row', { name: new RegExp(fingerprint) }).click();
  await button(page, 'Hold to show the key').hover();
  await page.mouse.down();
  await expect(page.getByText(key.toString('base64'))).toBeVisible(sealing);
  await page.mouse.up();
  await expect(page.getByText(key.toString('base64'))).toHaveCount(0);
}

/** What is reachable in the page, as V8 writes it after it collected what is not. */
async function heapOf(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => void chunks.push(chunk));
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return Buffer.from(chunks.join(''));
}

/** What somebody types stands in its own field for that long, as it must. */
function withoutFields(markup: string): string {
  return markup.replaceAll(/(<input[^>]*) value="[^"]*"/g, '$1');
}

interface Login extends AsyncDisposable {
  readonly password: string;
  urlOf(acme: Acme): string;
}

/** A login of its own, whose password stands nowhere else. */
async function createLogin(): Promise<Login> {
  const user = `admin_${randomBytes(6).toString('hex')}`;
  const password = secretWord('password');
  const admin = async (statement: string) => {
    const client = await connectPlainly(sharedServerUrl());
    await client.query(statement);
    await client.end();
  };
  await admin(`CREATE ROLE ${user} LOGIN SUPERUSER PASSWORD '${password}'`);
  return {
    password,
    urlOf: ({ url }) => {
      const address = new URL(urlOf(url, new URL(url).pathname.slice(1), { user, password }));
      address.search = '?sslmode=disable';
      return address.href;
    },
    [Symbol.asyncDispose]: () => admin(`DROP ROLE ${user}`),
  };
}

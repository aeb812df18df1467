import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Asks, consents } from '#contract/consent';
import type { ProcedureName } from '#contract/procedures';
import { refuseEveryQuestion } from '../../support/consent/refuse-every-question.ts';
import { createTestDatabase } from '../../support/postgres/test-database.ts';
import { createAcme, passphrase } from '../support/acme.ts';
import { addEnvironment, adoptKey } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { call, codeOf, complete } from '../support/window-calls.ts';

// The table of consents as a page has it: asked for in the window, answered in the dialogs of main.

test('a page does nothing that the admin refuses, whichever procedure asks', async ({ keel }) => {
  test.setTimeout(600_000);
  await using database = await createTestDatabase();
  const { page, home, folder } = keel;
  // after a refusal main asks nothing before something was pressed
  const press = () => page.mouse.click(640, 8);
  await refuseEveryQuestion(
    {
      home,
      folder,
      async must(name, input) {
        await press();
        return complete(page, name, input);
      },
      async attempt(name, input) {
        await press();
        return codeOf(page, name, input);
      },
      async choose(path, purpose, fingerprint) {
        await keel.answerDialog(path);
        await call(page, 'files.choose', { purpose, fingerprint });
      },
      answer: (agrees) => keel.answerQuestions(agrees),
      async questions() {
        const shown = (await keel.dialogs()).filter(({ kind }) => kind === 'message');
        return shown.map(({ message = '', detail = '', buttons = [] }) => ({
          message,
          detail,
          button: buttons[1] ?? '',
        }));
      },
    },
    database,
  );
});

test('a page gets no secret and ends no warning without a press, whichever procedure asks for one', async ({
  keel,
}) => {
  await using acme = await createAcme();
  const { page } = keel;
  const environment = await addEnvironment(page, acme.url);
  const fingerprint = await adoptKey(page, environment, acme.oldKey);
  const one = { environment, fingerprint };
  const ticket = { environment, ticket: randomUUID() };
  const address = { schema: 'public', table: 'credential', column: 'secret', key: { id: '1' } };
  const { suggestion } = await call(page, 'passphrase.suggest', {});
  const attempts: Partial<Record<ProcedureName, object>> = {
    'keys.reveal': one,
    'keys.copy': one,
    'restored.copy': {},
    'words.reveal': one,
    'credentials.reveal': { environment, address, version: '1' },
    'passphrase.reveal': { suggestion },
    'passphrase.copy': { suggestion },
    'apiKeys.reveal': ticket,
    'apiKeys.copy': ticket,
    'apiKeys.discard': ticket,
    'clipboard.write': { text: 'rm -rf /' },
    'keys.adopt': { environment, source: { kind: 'typed', text: randomBytes(32).toString('base64') } },
    'handoff.forgetTarget': { environment, target: { kind: 'key-file', path: '/srv/ballast.key' } },
    'handoff.confirm': { environment },
    'posture.answer': { environment, question: 'dumps', answer: 'yes' },
    'fleet.giveUp': { environment, databases: ['one'], withdraw: false },
  };
  expect(Object.keys(attempts).sort()).toEqual(
    rowsThatAsk('press', 'held-press', 'press-to-lessen', 'press-or-file'),
  );
  // what went before ended with a click
  await keel.passTime(5_000);
  for (const [name, input] of Object.entries(attempts))
    expect([name, await codeOf(page, name as ProcedureName, input)]).toEqual([name, 'gesture-missing']);
  expect(await keel.clipboard()).toBe('');
  if (keel.host === 'chromium')
    expect((await keel.traffic()).join('\n')).not.toContain(acme.oldKey.toString('base64'));
});

test('a page reads and writes no file that was not chosen for it, whichever procedure takes one', async ({
  keel,
}) => {
  await using acme = await createAcme();
  const { page, folder } = keel;
  const environment = await addEnvironment(page, acme.url);
  const fingerprint = await adoptKey(page, environment, acme.oldKey);
  const path = join(folder, 'mine.txt');
  await writeFile(path, 'DATABASE_URL=postgres://ann:word@127.0.0.1/x');
  const before = await readdir(folder);
  const from = { from: 'file', path, passphrase };
  const archive = { environment, path, passphrase };
  const attempts: Partial<Record<ProcedureName, object>> = {
    'activity.export': { path },
    'connection.import': { path },
    'keys.adopt': { environment, source: { kind: 'env-file', path } },
    'restored.open': { from },
    'credentials.export': archive,
    'credentials.readArchive': archive,
    'credentials.verify': archive,
    'backup.create': {
      environment,
      fingerprint,
      artefact: { form: 'passphrase', path, passphrase: { typed: passphrase } },
    },
    'backup.drill': { environment, fingerprint, from },
    'matrix.addArtefact': { environment, from },
    'posture.export': { environment, path, format: 'html' },
  };
  expect(Object.keys(attempts).sort()).toEqual(
    rowsThatAsk('chosen-file', 'press-or-file', 'question-for-others'),
  );
  for (const [name, input] of Object.entries(attempts))
    expect([name, await codeOf(page, name as ProcedureName, input)]).toEqual([name, 'file-not-chosen']);
  expect(await readFile(path, 'utf8')).toBe('DATABASE_URL=postgres://ann:word@127.0.0.1/x');
  expect(await readdir(folder)).toEqual(before);
});

function rowsThatAsk(...kinds: readonly Asks[]): string[] {
  return Object.entries(consents)
    .filter(([, { asks }]) => kinds.includes(asks))
    .map(([name]) => name)
    .sort();
}

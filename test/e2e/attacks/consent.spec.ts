import { createServer } from 'node:https';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { tlsFixtures } from '../../support/postgres/postgres-server.ts';
import { createAcme } from '../support/acme.ts';
import { addEnvironment, adoptKey } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { rotatedPractice } from '../support/rotated-practice.ts';
import { call, codeOf, run } from '../support/window-calls.ts';

// What a page did before consent was main's: each without one press of the admin, who answers every question with no.

test.describe('a page that was taken over', () => {
  test('sends no key to a server of its choice', async ({ keel }) => {
    test.setTimeout(240_000);
    const { page } = keel;
    const { environment } = await rotatedPractice(keel);
    const heard: string[] = [];
    const key = readFileSync(join(tlsFixtures, 'server.key'));
    const cert = readFileSync(join(tlsFixtures, 'server.crt'));
    const vault = createServer({ key, cert }, (request, response) => {
      heard.push(`${request.method} ${request.url} ${String(request.headers['x-vault-token'])}`);
      request.on('data', (bytes) => heard.push(String(bytes)));
      request.on('end', () => response.end('{}'));
    });
    vault.listen(0, '127.0.0.1');
    await once(vault, 'listening');
    await keel.answerQuestions(false);
    const { port } = vault.address() as AddressInfo;
    const target = {
      kind: 'vault',
      address: `https://localhost:${port}`,
      mount: 'secret',
      path: 'ballast',
      field: 'ENCRYPTION_KEY',
    };
    const asked = { environment, target, token: 'a token of the page' };
    expect(await codeOf(page, 'handoff.apply', asked)).toBe('cancelled');
    // it cannot wear the admin down either
    expect(await codeOf(page, 'handoff.apply', asked)).toBe('confirmation-missing');
    expect(await codeOf(page, 'handoff.preview', asked)).toBe('confirmation-missing');
    expect(heard).toEqual([]);
    vault.close();
    const shown = (await keel.dialogs()).filter(({ type }) => type === 'question').at(-1);
    expect(shown?.message).toBe(`Connect to the vault at https://localhost:${port}?`);
    expect(shown?.buttons?.[0]).toBe('Cancel');
  });

  test('destroys no key and rewrites no row, whatever it types itself', async ({ keel }) => {
    test.setTimeout(240_000);
    const { page } = keel;
    const { environment, old } = await rotatedPractice(keel);
    const before = await call(page, 'keys.list', { environment });
    await keel.answerQuestions(false);
    const noneBefore = new Date().toISOString();
    const accepted = ['not-swept', 'undo'];
    const refused = ['cancelled', 'confirmation-missing', 'key-needed'];
    expect(refused).toContain(await codeOf(page, 'keyring.stateDumps', { environment, noneBefore }));
    await page.mouse.click(640, 8);
    expect(refused).toContain(
      await codeOf(page, 'keyring.destroy', { environment, fingerprint: old, accepted }),
    );
    await page.mouse.click(640, 8);
    await run(page, 'rotation.undo', { environment, accepted: [], rehearse: true });
    expect(await codeOf(page, 'rotation.undo', { environment, accepted: [], rehearse: false })).toBe(
      'cancelled',
    );
    expect(await call(page, 'keys.list', { environment })).toEqual(before);
  });

  test('sends no credential to a server that it put in its place', async ({ keel }) => {
    test.setTimeout(240_000);
    await using acme = await createAcme();
    const { page } = keel;
    const heard: string[] = [];
    const fake = createTcpServer((socket) => {
      heard.push('connection');
      socket.on('error', () => undefined);
    });
    fake.listen(0, '127.0.0.1');
    await once(fake, 'listening');
    const { port } = fake.address() as AddressInfo;
    const environment = await addEnvironment(page, acme.url);
    const fingerprint = await adoptKey(page, environment, acme.oldKey);
    const { proposed } = await run(page, 'inventory.discover', { environment, fingerprint });
    const columns = proposed.map(({ entry }: { entry: object }) => entry);
    await call(page, 'inventory.write', { environment, columns, excluded: [] });
    await run(page, 'proof.run', { environment, fingerprint });
    const before = await acme.ciphertexts();
    const { credentials } = await call(page, 'credentials.list', { environment, limit: 1 });
    const { schema, table, column, path, leaf, key } = credentials[0];
    const address = { schema, table, column, ...(path && { path }), ...(leaf && { leaf }), key };
    const { version } = await call(page, 'credentials.inspect', { environment, address });
    const value = `postgres://ann:stolen@127.0.0.1:${port}/x?sslmode=disable`;
    const replacing = { environment, address, version, value };
    await keel.answerQuestions(false);
    expect(await codeOf(page, 'credentials.replace', replacing)).toBe('cancelled');
    expect(await acme.ciphertexts()).toEqual(before);
    // and where the admin let it be replaced, the new server is asked for before it learns anything
    await keel.answerQuestions(true);
    await page.mouse.click(640, 8);
    await call(page, 'credentials.replace', replacing);
    await keel.answerQuestions(false);
    expect(await codeOf(page, 'connections.test', { environment, allowPrivate: true })).toBe('cancelled');
    const shown = (await keel.dialogs()).filter(({ type }) => type === 'question').at(-1);
    expect(shown?.detail).toContain(`127.0.0.1:${port}`);
    expect(heard).toEqual([]);
    fake.close();
  });

  test('writes over no file that was chosen to be read', async ({ keel }) => {
    const { page, folder } = keel;
    const backup = join(folder, 'only-backup.age');
    await writeFile(backup, 'the only backup');
    await keel.answerDialog(backup);
    await call(page, 'files.choose', { purpose: 'open-age' });
    const { environment } = await run(page, 'practice.start', {});
    await run(page, 'posture.check', { environment });
    expect(await codeOf(page, 'activity.export', { path: backup })).toBe('file-not-chosen');
    for (const format of ['html', 'pdf'])
      expect(await codeOf(page, 'posture.export', { environment, path: backup, format })).toBe(
        'file-not-chosen',
      );
    // nor one that is there already, even where a dialog named it to be written
    await keel.answerDialog(backup);
    await call(page, 'files.choose', { purpose: 'save-activity' });
    expect(await codeOf(page, 'activity.export', { path: backup })).toBe('file-exists');
    expect(await readFile(backup, 'utf8')).toBe('the only backup');
  });

  test('gets one secret for one press, and none to the clipboard without one', async ({ keel }) => {
    test.setTimeout(240_000);
    const { page } = keel;
    const { environment, old, active } = await rotatedPractice(keel);
    const both = [old, active].map((fingerprint) => ({ environment, fingerprint }));
    const suggestion = await call(page, 'passphrase.suggest', {});
    await keel.passTime(5_000);
    for (const [name, input] of [
      ['keys.copy', both[0]],
      ['passphrase.copy', { suggestion: suggestion.suggestion }],
      ['clipboard.write', { text: 'rm -rf /' }],
    ] as const)
      expect(await codeOf(page, name, input)).toBe('gesture-missing');
    expect(await keel.clipboard()).toBe('');

    // one press while text is marked
    await page.mouse.move(640, 8);
    await page.mouse.down();
    await keel.passTime(600);
    const asked = [
      ...both.map((one) => ['keys.reveal', one]),
      ...both.map((one) => ['words.reveal', one]),
      ...both.map((one) => ['keys.copy', one]),
      ['passphrase.reveal', { suggestion: suggestion.suggestion }],
    ];
    const replies = await page.evaluate(
      (asked) => Promise.all(asked.map(([name, input]) => (window as any).keel.call(name, input))),
      asked as [string, object][],
    );
    const granted = asked.filter((_, i) => replies[i]?.ok).map(([name]) => name);
    expect(granted).toHaveLength(1);
    // whichever of them came first had the press, and a copy is in the clipboard only if it was that
    expect((await keel.clipboard()) === '').toBe(granted[0] !== 'keys.copy');
    await page.mouse.up();
  });

  test('opens one dialog at a time, and none after a no until something is pressed', async ({ keel }) => {
    const { page } = keel;
    await keel.answerQuestions(undefined);
    const connection = { url: 'postgres://ann:word@leak.example.invalid/x' };
    const codes = await page.evaluate(async (connection) => {
      const { keel } = window as any;
      const first = keel.call('settings.setLockPassphrase', { next: 'a passphrase of the page' });
      const rest = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          i % 2 === 0
            ? keel.call('settings.setLockPassphrase', { next: 'a passphrase of the page' })
            : keel.call('files.choose', { purpose: 'open-age' }),
        ),
      );
      void first;
      void connection;
      return [...new Set(rest.map((reply: any) => reply.error?.code))];
    }, connection);
    expect(codes).toEqual(['confirmation-missing']);
    expect(await keel.dialogs()).toHaveLength(1);
    await keel.answerMessageBox(0);
    await expect
      .poll(() => codeOf(page, 'settings.setLockPassphrase', { next: 'a passphrase of the page' }))
      .toBe('confirmation-missing');
    expect(await codeOf(page, 'connection.test', { connection })).toBe('confirmation-missing');
    expect(await keel.dialogs()).toHaveLength(1);
    expect((await call(page, 'app.state', {})).guarded).toBe(false);
    await page.mouse.click(640, 8);
    await keel.answerQuestions(false);
    expect(await codeOf(page, 'connection.test', { connection })).toBe('cancelled');
    expect(await keel.dialogs()).toHaveLength(2);
  });
});

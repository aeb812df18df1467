import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { consents } from '#contract/consent';
import { type ProcedureName, procedures } from '#contract/procedures';
import { createAcme, passphrase } from '../support/acme.ts';
import { addEnvironment, adoptKey } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { call, codeOf } from '../support/window-calls.ts';

interface Reply {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

const names = Object.keys(procedures) as ProcedureName[];

test.describe('a page that was taken over', () => {
  test('gets nothing by another name, field, type or size than the contract has, and all of it is noted', async ({
    keel,
  }) => {
    const { page } = keel;
    const asked: [string, string][] = [
      ...['keys.steal', 'Keys.Reveal', 'keys.reveal ', 'keys', ''].map(
        (name) => [name, '{}'] as [string, string],
      ),
      ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'].map(
        (name) => [name, '{}'] as [string, string],
      ),
      ...names.flatMap((name): [string, string][] => [
        [name, '{ "surplus": true }'],
        [name, '[]'],
        [name, '"app.state"'],
        [name, 'null'],
        [name, '{ "__proto__": { "environment": "db" } }'],
        [name, '{ "environment": { "toString": "db" }, "fingerprint": 1, "limit": "1", "path": [] }'],
      ]),
    ];
    expect(codesOf(await askAll(page, asked))).toEqual(['request-refused']);

    const huge = await page.evaluate(
      (names) => {
        const text = 'x'.repeat(4_000_000);
        const inputs = [
          { text },
          { environment: text },
          { url: text, connection: { url: text } },
          Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`field${i}`, i])),
          Array.from({ length: 200_000 }, () => 0),
        ];
        return Promise.all(
          inputs.map((input, at) => (window as any).keel.call(names[at % names.length], input)),
        );
      },
      ['clipboard.write', 'keys.list', 'connection.test', 'app.unlock', 'inventory.write'],
    );
    expect(codesOf(huge)).toEqual(['request-refused']);
    expect(JSON.stringify(huge).length).toBeLessThan(5_000);

    const refusals = await refusalsIn(page);
    expect(refusals.join('\n')).toContain('keys.steal: no such procedure');
    expect(refusals.join('\n')).toContain('__proto__: no such procedure');
    expect(refusals.length).toBeLessThanOrEqual(20);
  });

  test('is shown no key without a real press of the right kind and time', async ({ keel }) => {
    await using acme = await createAcme();
    const { page } = keel;
    const environment = await addEnvironment(page, acme.url);
    const fingerprint = await adoptKey(page, environment, acme.oldKey);
    const one = { environment, fingerprint };
    const reveals = names.filter((name) => consents[name].asks === 'held-press').sort();
    expect(reveals).toEqual([
      'apiKeys.reveal',
      'credentials.reveal',
      'keys.reveal',
      'passphrase.reveal',
      'words.reveal',
    ]);
    const { suggestion } = await call(page, 'passphrase.suggest', {});
    const withoutPress = [
      await ask(page, 'words.reveal', one),
      await ask(page, 'passphrase.reveal', { suggestion }),
    ];
    expect(codesOf(withoutPress)).toEqual(['gesture-missing']);

    const replies = await page.evaluate(async (one) => {
      const { keel } = window as any;
      const replies = [await keel.call('keys.reveal', one)];
      const target = document.querySelector('button') as HTMLButtonElement;
      const init = { bubbles: true, cancelable: true, composed: true, button: 0, buttons: 1 };
      const space = { ...init, key: ' ', code: 'Space', keyCode: 32 };
      for (const event of [
        new PointerEvent('pointerdown', { ...init, pointerId: 1 }),
        new MouseEvent('mousedown', init),
        new KeyboardEvent('keydown', space),
        new KeyboardEvent('keydown', { ...space, key: 'Enter', code: 'Enter' }),
      ])
        target.dispatchEvent(event);
      target.focus();
      // as long as a real press would have to last, and more
      for (let tries = 0; tries < 6; tries++) {
        await new Promise((later) => setTimeout(later, 100));
        replies.push(await keel.call('keys.reveal', one));
      }
      return replies;
    }, one);
    expect(replies).toHaveLength(7);
    expect(codesOf(replies)).toEqual(['gesture-missing']);

    // what is no press of the primary button, Space or Enter does not mean "show it", however long
    await page.mouse.move(640, 8);
    await page.mouse.down({ button: 'right' });
    await page.keyboard.down('Shift');
    await page.keyboard.down('a');
    expect(codesOf([await ask(page, 'keys.reveal', one)])).toEqual(['gesture-missing']);
    await keel.passTime(2_000);
    expect(codesOf([await ask(page, 'keys.reveal', one)])).toEqual(['gesture-missing']);
    await page.keyboard.up('a');
    await page.keyboard.up('Shift');
    await page.mouse.up({ button: 'right' });

    // one that has just begun, or is over, or was taken over by another window
    await page.mouse.down();
    expect(codesOf([await ask(page, 'keys.reveal', one)])).toEqual(['gesture-missing']);
    await keel.passTime(2_000);
    await page.mouse.up();
    expect(codesOf([await ask(page, 'keys.reveal', one)])).toEqual(['gesture-missing']);
    await page.mouse.down();
    await ask(page, 'app.state', {});
    await keel.passTime(2_000);
    await keel.blur();
    expect(codesOf([await ask(page, 'keys.reveal', one)])).toEqual(['gesture-missing']);
    await page.mouse.up();

    expect((await refusalsIn(page)).join('\n')).toContain('keys.reveal: no button was pressed for it');
    if (keel.host === 'chromium')
      expect((await keel.traffic()).join('\n')).not.toContain(acme.oldKey.toString('base64'));
  });

  test('reads and writes no file that was not chosen, and rotates nothing past the guards', async ({
    keel,
  }) => {
    await using acme = await createAcme();
    const { page } = keel;
    const environment = await addEnvironment(page, acme.url);
    const fingerprint = await adoptKey(page, environment, acme.oldKey);
    const before = await acme.ciphertexts();
    const path = join(keel.folder, 'never-chosen.env');
    const text = `ENCRYPTION_KEY=${acme.oldKey.toString('base64')}\n`;
    await writeFile(path, text);
    const chosen = join(keel.folder, 'chosen.env');
    await keel.answerDialog(chosen);
    await call(page, 'files.choose', { purpose: 'open-env' });

    const beside = `${chosen}/../never-chosen.env`;
    const artefact = { form: 'passphrase', path, passphrase: { typed: passphrase } };
    const create = { environment, fingerprint, artefact };
    const from = { from: 'file', path, passphrase };
    const asked: [ProcedureName, object][] = [
      ['keys.adopt', { environment, source: { kind: 'env-file', path } }],
      ['keys.adopt', { environment, source: { kind: 'artefact', from: { from: 'file', path, passphrase } } }],
      ['connection.import', { path }],
      ['handoff.preview', { environment, target: { kind: 'env-file', path, variable: 'ENCRYPTION_KEY' } }],
      [
        'handoff.preview',
        { environment, target: { kind: 'env-file', path: beside, variable: 'ENCRYPTION_KEY' } },
      ],
      ['handoff.apply', { environment, target: { kind: 'env-file', path, variable: 'ENCRYPTION_KEY' } }],
      ['backup.create', create],
      ['backup.create', { ...create, artefact: { ...artefact, path: join(keel.folder, 'new.age') } }],
      ['backup.drill', { environment, fingerprint, from }],
      ['connection.import', { path: join(keel.home, 'environments', environment, 'keyring.json') }],
    ];
    for (const [name, input] of asked)
      expect([name, await codeOf(page, name, input)]).toEqual([name, 'file-not-chosen']);
    expect(await readFile(path, 'utf8')).toBe(text);
    expect(await readdir(keel.folder)).not.toContain('new.age');

    const request = { environment, excluded: [], accepted: [] };
    expect(await codeOf(page, 'rotation.rotate', request)).toMatch(/^(?:key-unproven|inventory-mismatch)$/);
    const undo = { environment, accepted: [], rehearse: false };
    expect(await codeOf(page, 'rotation.undo', undo)).not.toBe('done');
    expect(await acme.ciphertexts()).toEqual(before);
    expect(await acme.journal()).toEqual([]);

    const { entries } = await call(page, 'activity.list', { limit: 100 });
    const noted = entries
      .filter(({ outcome }: { outcome: string }) => outcome !== 'done')
      .map(({ action, detail }: { action: string; detail: string }) => `${action} ${detail}`)
      .join('\n');
    for (const what of ['keys.adopt', 'connection.import', 'handoff.apply', 'backup.create'])
      expect(noted).toContain(`request refused ${what}: file-not-chosen`);
    expect(noted).toContain('undo broke off nothing-to-undo');
  });

  test('floods neither the log nor the app with what it is refused', async ({ keel }) => {
    const { page } = keel;
    const count = 5_000;
    const slowest = await page.evaluate(async (count) => {
      const { keel } = window as any;
      const flood = Array.from({ length: count }, (_, i) => keel.call(`keys.steal${i}`, {}));
      const codes = new Set<string>();
      for (const reply of await Promise.all(flood)) codes.add(reply.error?.code);
      return [...codes];
    }, count);
    expect(slowest).toEqual(['request-refused']);
    expect(await call(page, 'app.state', {})).toMatchObject({ locked: false });
    await page.keyboard.press('ControlOrMeta+7');
    await expect(page.getByRole('heading', { level: 1, name: 'Activity' })).toBeVisible();
    expect((await refusalsIn(page)).length).toBeLessThanOrEqual(20);

    await keel.passTime(61_000);
    await ask(page, 'keys.steal', {});
    const refusals = await refusalsIn(page);
    expect(refusals).toContain(`${count - 20} more within a minute`);
    const log = await readFile(join(keel.home, 'activity.jsonl'), 'utf8');
    expect(log.length).toBeLessThan(20_000);
    expect(keel.log().length).toBeLessThan(20_000);
  });
});

function ask(page: Page, name: string, input: unknown): Promise<Reply> {
  return page.evaluate(([name, input]) => (window as any).keel.call(name, input), [name, input] as const);
}

/** Asks in one go; inputs are JSON, in which `__proto__` is a field like any other. */
function askAll(page: Page, asked: readonly [string, string][]): Promise<Reply[]> {
  return page.evaluate(
    (asked) => Promise.all(asked.map(([name, input]) => (window as any).keel.call(name, JSON.parse(input)))),
    asked,
  );
}

function codesOf(replies: readonly Reply[]): string[] {
  return [...new Set(replies.map(({ ok, error }) => (ok ? 'answered' : String(error?.code))))];
}

async function refusalsIn(page: Page): Promise<string[]> {
  const { intact, entries } = await call(page, 'activity.list', { limit: 1000 });
  expect(intact).toBe(true);
  return entries
    .filter(({ action }: { action: string }) => action === 'request refused')
    .map(({ detail }: { detail: string }) => detail);
}

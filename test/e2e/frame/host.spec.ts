import { expect, test } from '../support/keel-test.ts';
import { hostOfSpecs, launchKeel } from '../support/launch/launch-keel.ts';

const refused = { ok: false, error: { code: 'request-refused' } };

test.describe('a page that was taken over', () => {
  test('cannot run a script that it brings along', async ({ keel }) => {
    const ran = await keel.page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.brought = true';
      document.head.append(script);
      await new Promise((done) => setTimeout(done, 200));
      return 'brought' in globalThis;
    });
    expect(ran).toBe(false);
  });

  test('cannot turn text into code', async ({ keel }) => {
    const { page } = keel;
    // evaluate itself is exempt from the policy, so the page's own event handler tries
    const tried = await page.evaluate(
      () =>
        new Promise<string>((done) => {
          document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), {
            once: true,
          });
          const button = document.createElement('button');
          button.setAttribute('onclick', 'globalThis.ran = true');
          document.body.append(button);
          button.click();
        }),
    );
    expect(tried).toBe('script-src-attr');
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
  });

  test('reaches nothing remote, by fetch or by image', async ({ keel }) => {
    const reached = await keel.page.evaluate(async () => {
      const fetched = await fetch('https://example.com/').then(
        () => 'fetched',
        () => 'blocked',
      );
      const image = new Image();
      const loaded = new Promise<string>((done) => {
        image.addEventListener('load', () => done('loaded'));
        image.addEventListener('error', () => done('blocked'));
      });
      image.src = 'https://example.com/x.png';
      return [fetched, await loaded];
    });
    expect(reached).toEqual(['blocked', 'blocked']);
  });

  test('opens no window', async ({ keel }) => {
    const { page } = keel;
    expect(await page.evaluate(() => window.open('https://example.com/') === null)).toBe(true);
    await page.evaluate(() => {
      const link = document.createElement('a');
      Object.assign(link, { href: 'https://example.com/', target: '_blank' });
      document.body.append(link);
      link.click();
    });
    await expect.poll(() => page.context().pages().length).toBe(1);
    expect(await keel.openedOutside()).toEqual([]);
    expect(keel.log()).toContain('refused: new window https://example.com/');
  });

  test('stays where it is', async ({ keel }) => {
    const { page } = keel;
    const before = page.url();
    await page.evaluate(() => {
      window.location.href = 'https://example.com/';
    });
    await expect.poll(() => keel.log()).toMatch(/refused: navigation .*https:\/\/example\.com\//);
    expect(page.url()).toBe(before);
  });

  test('has exactly one call and one subscription, which it cannot change', async ({ keel }) => {
    const found = await keel.page.evaluate(() => {
      const { keel } = window as any;
      const attempts = [
        () => Object.assign(keel, { more: 1 }),
        () => Object.defineProperty(keel, 'call', { value: 1 }),
        () => Object.defineProperty(window, 'keel', { value: 1 }),
      ].map((attempt) => {
        try {
          attempt();
          return 'changed';
        } catch {
          return 'refused';
        }
      });
      return {
        names: Object.keys(keel),
        frozen: Object.isFrozen(keel) && Object.isFrozen(keel.call),
        attempts,
      };
    });
    expect(found).toEqual({
      names: ['call', 'subscribe'],
      frozen: true,
      attempts: ['refused', 'refused', 'refused'],
    });
  });

  test('knows nothing of Node or of the wire', async ({ keel }) => {
    const globals = await keel.page.evaluate(() =>
      [
        'require',
        'process',
        'module',
        'Buffer',
        'global',
        'keelHostSend',
        'keelHostReceive',
        'keelHostInvoke',
      ].filter((name) => name in globalThis),
    );
    expect(globals).toEqual([]);
  });

  test('is refused every permission', async ({ keel }) => {
    const states = await keel.page.evaluate(async () => {
      const names = ['camera', 'microphone', 'geolocation', 'notifications', 'clipboard-read', 'midi'];
      const asked = names.map(async (name) => {
        const { state } = await navigator.permissions.query({ name: name as PermissionName });
        return `${name} ${state}`;
      });
      const read = navigator.clipboard.readText().then(
        () => 'clipboard read',
        () => 'clipboard refused',
      );
      return [...(await Promise.all(asked)), await read];
    });
    expect(states).toEqual([
      'camera denied',
      'microphone denied',
      'geolocation denied',
      'notifications denied',
      'clipboard-read denied',
      'midi denied',
      'clipboard refused',
    ]);
  });

  test('gets a refusal for an unknown procedure, a field too many, a wrong type and a huge input', async ({
    keel,
  }) => {
    const replies = await keel.page.evaluate(async () => {
      const { keel } = window as any;
      const inputs: [unknown, unknown][] = [
        ['keys.steal', {}],
        ['constructor', {}],
        [['app.state'], {}],
        ['app.state', { extra: true }],
        ['app.state', undefined],
        ['settings.write', { idleMinutes: '5' }],
        ['clipboard.write', { text: 'x'.repeat(5_000_000) }],
      ];
      return Promise.all(inputs.map(([name, input]) => keel.call(name, input)));
    });
    for (const reply of replies) expect(reply).toMatchObject(refused);
  });

  test('cannot send what cannot be cloned', async ({ keel }) => {
    const outcomes = await keel.page.evaluate(async () => {
      const { keel } = window as any;
      const cycle: { self?: object } = {};
      cycle.self = cycle;
      const inputs = [() => 1, Symbol('s'), cycle, document.body];
      return Promise.all(
        inputs.map(async (input) => {
          try {
            await keel.call('app.state', input);
            return 'sent';
          } catch {
            return 'not sent';
          }
        }),
      );
    });
    expect(outcomes).toEqual(['not sent', 'not sent', 'not sent', 'not sent']);
  });

  test('is refused where it calls from a frame', async ({ keel }) => {
    test.skip(keel.host === 'electron', 'only the Chromium host can call past the preload');
    const { page } = keel;
    await page.evaluate(
      () =>
        new Promise<void>((done) => {
          const frame = document.createElement('iframe');
          frame.addEventListener('load', () => done());
          frame.srcdoc = '<p>inside</p>';
          document.body.append(frame);
        }),
    );
    expect(await keel.invokeFrom('keel://app/', 'keel:call', 'app.state', {})).toMatchObject({ ok: true });
    expect(await keel.invokeFrom('about:srcdoc', 'keel:call', 'app.state', {})).toMatchObject(refused);
    await expect(keel.invokeFrom('keel://app/', 'keel:other')).rejects.toThrow(/No handler registered/);
    expect(keel.log()).toContain('refused: call not the main frame');
  });

  test('is believed no input that it made itself', async ({ keel }) => {
    test.skip(keel.host === 'electron', 'only the Chromium host counts the input that the app was told of');
    const { page } = keel;
    await page.evaluate(() => {
      document.body.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, button: 0 }));
      document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, key: ' ', code: 'Space' }));
    });
    expect(await keel.pressesHeard()).toBe(0);
    await page.keyboard.press('Shift');
    await expect.poll(() => keel.pressesHeard()).toBe(1);
  });
});

test.describe('the host', () => {
  test.skip(hostOfSpecs() === 'electron', 'this is about the model, not about Electron');

  test('names an Electron API that it does not model', async ({ keel }) => {
    await expect(keel.touchApi('safeStorage')).rejects.toThrow(
      "the Chromium host does not model Electron's electron.safeStorage",
    );
    await expect(keel.touchApi('app', 'setBadgeColour')).rejects.toThrow(
      "does not model Electron's app.setBadgeColour",
    );
  });

  test('lets one instance have a KEEL_HOME, and a killed one leave it', async ({ keel }) => {
    const { home } = keel;
    const second = launchKeel({ env: { KEEL_HOME: home } });
    await expect(second).rejects.toThrow(/ended at its start \(0\)/);
    await keel.restart();
    await expect(keel.page).toHaveTitle('Keel');
  });
});

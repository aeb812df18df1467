import { describe, expect, test } from 'vitest';
import { followApp } from '#shell/follow-app';
import { closeChannels } from '#shell/policy/channels-out';
import { appScheme, serveScheme } from '#shell/policy/protocol';
import { state } from '#test/support/border';
import { recorded } from '#test/support/recorded-calls';

describe('the scheme of the app', () => {
  test('is a secure origin, and has no other privilege', () => {
    expect(appScheme).toEqual({
      scheme: 'keel',
      privileges: { standard: true, secure: true, supportFetchAPI: true },
    });
  });

  test('serves its own host, and nothing of another', async () => {
    const protocol = recorded();
    serveScheme(protocol.object, async () => new Response('served'));
    const [[name, scheme, answer]] = protocol.calls as [[string, string, any]];
    expect([name, scheme]).toEqual(['handle', 'keel']);
    expect(await (await answer({ url: 'keel://app/x' })).text()).toBe('served');
    const other = await answer({ url: 'keel://other/x' });
    expect([other.status, await other.text()]).toEqual([404, '']);
  });
});

test('Chromium knows no host, no peer and no proxy, not for this machine either', () => {
  const commandLine = recorded();
  closeChannels(commandLine.object);
  expect(commandLine.calls).toEqual([
    ['appendSwitch', 'host-resolver-rules', 'MAP * ~NOTFOUND'],
    ['appendSwitch', 'force-webrtc-ip-handling-policy', 'disable_non_proxied_udp'],
    ['appendSwitch', 'proxy-server', 'http://keel.invalid:1'],
    ['appendSwitch', 'proxy-bypass-list', '<-loopback>'],
  ]);
});

test.each([
  [true, { themeSource: 'dark' }, ['clearSecret']],
  [false, { themeSource: 'dark' }, []],
])(
  'native parts follow the theme, and a locked app (%o) leaves no secret',
  async (locked, theme, cleared) => {
    const nativeTheme = {};
    const clipboard = recorded();
    const asked: unknown[] = [];
    const route = async (...call: unknown[]) => {
      asked.push(call);
      return { ok: true, value: { ...state, locked } };
    };
    await followApp({
      desktop: { route } as never,
      nativeTheme: nativeTheme as never,
      clipboard: clipboard.object,
    });
    expect(asked).toEqual([['app.state', {}]]);
    expect(nativeTheme).toEqual(theme);
    expect(clipboard.names()).toEqual(cleared);
  },
);

test('an app that does not answer changes nothing', async () => {
  const nativeTheme = {};
  const clipboard = recorded();
  const desktop = { route: async () => ({ ok: false }) } as never;
  await followApp({ desktop, nativeTheme: nativeTheme as never, clipboard: clipboard.object });
  expect([nativeTheme, clipboard.calls]).toEqual([{}, []]);
});

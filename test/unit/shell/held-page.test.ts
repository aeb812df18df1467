import { describe, expect, test } from 'vitest';
import { holdToOwnPage } from '#shell/policy/navigation';
import { sealSession } from '#shell/policy/session';
import { preventable, recorded } from '#test/support/recorded-calls';

function held() {
  const contents = recorded();
  const refused: [string, string][] = [];
  holdToOwnPage(contents.object, (what, address) => void refused.push([what, address]));
  return { ...contents, refused };
}

describe('the contents of the window', () => {
  test.each([
    ['will-navigate', 'navigation'],
    ['will-frame-navigate', 'navigation of a frame'],
    ['will-redirect', 'redirect'],
  ])('do not follow a %s to another address, which is told, and do to their own', (event, what) => {
    const { emit, refused } = held();
    const elsewhere = preventable({ url: 'https://example.org/?key=1' });
    emit(event, elsewhere);
    expect(elsewhere.prevented).toBe(true);
    expect(refused).toEqual([[what, 'https://example.org/?key=1']]);
    const own = preventable({ url: 'keel://app/#/rotate' });
    emit(event, own);
    expect(own.prevented).toBe(false);
    expect(refused).toHaveLength(1);
  });

  test('hold no embedded browser, and tell of it', () => {
    const { emit, refused } = held();
    const event = preventable({});
    emit('will-attach-webview', event);
    expect(event.prevented).toBe(true);
    expect(refused).toEqual([['embedded browser', '']]);
  });

  test('open no window, not of their own address either, and tell of it', () => {
    const { calls, refused } = held();
    const [, open] = calls.find(([name]) => name === 'setWindowOpenHandler') ?? [];
    expect(open({ url: 'keel://app/' })).toEqual({ action: 'deny' });
    expect(open({ url: 'https://example.org/' })).toEqual({ action: 'deny' });
    expect(refused).toEqual([
      ['new window', 'keel://app/'],
      ['new window', 'https://example.org/'],
    ]);
  });

  test('do not keep the window open, and reach no peer past a proxy', () => {
    const { emit, calls } = held();
    const event = preventable({});
    emit('will-prevent-unload', event);
    expect(event.prevented).toBe(true);
    expect(calls).toContainEqual(['setWebRTCIPHandlingPolicy', 'disable_non_proxied_udp']);
  });
});

describe('the session of the window', () => {
  function sealed() {
    const requests = recorded();
    const session = recorded({}, { webRequest: requests.object });
    const refused: [string, string][] = [];
    sealSession(session.object, {
      isPackaged: true,
      onRefused: (what, address) => void refused.push([what, address]),
    });
    const [, answer] = requests.calls.find(([name]) => name === 'onBeforeRequest') ?? [];
    return { session, refused, answer };
  }

  test('denies permissions, and fetches no dictionary', () => {
    const { session } = sealed();
    expect(session.calls).toContainEqual(['setSpellCheckerEnabled', false]);
    expect(session.names()).toContain('setPermissionRequestHandler');
  });

  test('cancels every request but for the app’s own files, and tells of it', () => {
    const { answer, refused } = sealed();
    const answers: unknown[] = [];
    answer({ url: 'https://example.org/' }, (given: unknown) => void answers.push(given));
    answer({ url: 'keel://app/assets/index.js' }, (given: unknown) => void answers.push(given));
    expect(answers).toEqual([{ cancel: true }, { cancel: false }]);
    expect(refused).toEqual([['request', 'https://example.org/']]);
  });

  test('downloads nothing, and tells of it', () => {
    const { session, refused } = sealed();
    const event = preventable({});
    session.emit('will-download', event, { getURL: () => 'keel://app/key' });
    expect(event.prevented).toBe(true);
    expect(refused).toEqual([['download', 'keel://app/key']]);
  });
});

import type { IpcMain } from 'electron';
import { beforeEach, describe, expect, test } from 'vitest';
import { answerCalls, type Sender, whyRefused } from '#shell/ipc';

const own: Sender = { origin: 'keel://app', parent: null };

const strangers: readonly (readonly [string, Sender | null])[] = [
  ['a frame inside the page', { ...own, parent: own }],
  ['a page from the network', { ...own, origin: 'https://example.org' }],
  ['another host of the scheme', { ...own, origin: 'keel://other' }],
  ['an origin that only begins like ours', { ...own, origin: 'keel://app.example.org' }],
  ['an opaque origin', { ...own, origin: 'null' }],
  ['a file', { ...own, origin: 'file://' }],
  ['a frame that is gone', null],
];

describe('a sender', () => {
  test('is the main frame of the app', () => {
    expect(whyRefused(own)).toBeUndefined();
  });

  test.for(strangers)('is not %s', ([, sender]) => {
    expect(whyRefused(sender)).toBeTypeOf('string');
  });
});

test('a stranger is told by its origin, at no great length', () => {
  expect(whyRefused({ ...own, origin: 'https://example.org' })).toBe('from https://example.org');
  expect(whyRefused({ ...own, origin: 'x'.repeat(1000) })).toBe(`from ${'x'.repeat(60)}`);
});

describe('the channel', () => {
  const routed: unknown[] = [];
  const refused: string[] = [];
  const dropped: unknown[] = [];
  let drop: (sender: Sender | null, paths: unknown) => unknown;
  let call: (sender: Sender | null, name: unknown, input: unknown) => unknown;

  beforeEach(() => {
    routed.length = 0;
    dropped.length = 0;
    refused.length = 0;
    const handle: IpcMain['handle'] = (channel, listener) => {
      if (channel === 'keel:drop') {
        drop = (senderFrame, paths) => listener({ senderFrame } as never, paths);
        return;
      }
      expect(channel).toBe('keel:call');
      call = (senderFrame, name, input) => listener({ senderFrame } as never, name, input);
    };
    answerCalls(
      { handle },
      {
        route: async (name, input) => {
          routed.push([name, input]);
          return { ok: true, value: 'routed' };
        },
        drop: async (paths) => void dropped.push(paths),
        onRefused: (why) => void refused.push(why),
      },
    );
  });

  test('hands the calls of the page on as they are', async () => {
    await expect(call(own, 'app.state', { any: 'thing' })).resolves.toEqual({ ok: true, value: 'routed' });
    expect(routed).toEqual([['app.state', { any: 'thing' }]]);
    expect(refused).toEqual([]);
  });

  test.for(strangers)('takes no dropped file from %s', async ([, sender]) => {
    await drop(sender, ['/etc/passwd']);
    expect(dropped).toEqual([]);
    expect(refused).toHaveLength(1);
    await drop(own, ['/srv/.env']);
    expect(dropped).toEqual([['/srv/.env']]);
  });

  test.for(strangers)('refuses %s with a reply, tells of it, and hands nothing on', async ([, sender]) => {
    expect(await call(sender, 'app.state', {})).toMatchObject({
      ok: false,
      error: { code: 'request-refused' },
    });
    expect(routed).toEqual([]);
    expect(refused).toHaveLength(1);
  });
});

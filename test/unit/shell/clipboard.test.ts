import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClipboard, type SystemClipboard } from '#shell/desktop/clipboard';
import { concealMarks } from '#shell/desktop/conceal-marks';

/** A clipboard as other programs see it: one entry in formats. */
class Board implements SystemClipboard {
  formats: Record<string, string | Blob> = {};
  losesText = false;
  unreadable = false;

  async readText() {
    if (this.unreadable) throw new Error('another program holds the clipboard');
    const text = this.formats['text/plain'];
    return typeof text === 'string' ? text : '';
  }
  async writeText(text: string) {
    this.formats = { 'text/plain': text };
  }
  async write(formats: Record<string, string | Blob>) {
    const { 'text/plain': _, ...marks } = formats;
    this.formats = this.losesText ? marks : formats;
  }
  clear() {
    this.formats = {};
  }
}

let board: Board;
const secret = 'b0JPQzV3c2VjcmV0';
const copied = () => board.formats['text/plain'];
const open = (platform: NodeJS.Platform = 'linux') => createClipboard(board, platform);

beforeEach(() => {
  vi.useFakeTimers();
  board = new Board();
});
afterEach(() => void vi.useRealTimers());

describe('a copied secret', () => {
  test('leaves the clipboard after the time, and not before', async () => {
    await open().copyConcealed(secret, 30_000);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(copied()).toBe(secret);
    await vi.advanceTimersByTimeAsync(1);
    expect(board.formats).toEqual({});
  });

  test('leaves it at once when asked to, as on lock and on quit', async () => {
    const clipboard = open();
    await clipboard.copyConcealed(secret, 30_000);
    await clipboard.clearSecret();
    expect(board.formats).toEqual({});
  });

  test('does not take with it what somebody copied since', async () => {
    const clipboard = open();
    await clipboard.copyConcealed(secret, 30_000);
    await board.writeText('a shopping list');
    await vi.advanceTimersByTimeAsync(30_000);
    await clipboard.clearSecret();
    expect(copied()).toBe('a shopping list');
  });

  test('gets its own time when it replaces another', async () => {
    const clipboard = open();
    await clipboard.copyConcealed('the first one', 30_000);
    await vi.advanceTimersByTimeAsync(20_000);
    await clipboard.copyConcealed(secret, 30_000);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(copied()).toBe(secret);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(board.formats).toEqual({});
  });

  test('is cleared also where the clipboard cannot be read', async () => {
    const clipboard = open();
    await clipboard.copyConcealed(secret, 30_000);
    board.unreadable = true;
    await clipboard.clearSecret();
    expect(board.formats).toEqual({});
  });

  test('is dropped on the spot where nobody waits, and nothing else is', async () => {
    const clipboard = open();
    await clipboard.copyConcealed(secret, 30_000);
    clipboard.dropSecret();
    expect(board.formats).toEqual({});
    await clipboard.copy('a fingerprint');
    clipboard.dropSecret();
    expect(copied()).toBe('a fingerprint');
  });

  test('arrives where the desktop takes the marks and loses the text', async () => {
    board.losesText = true;
    await open().copyConcealed(secret, 30_000);
    expect(copied()).toBe(secret);
  });

  test('is marked in the same entry', async () => {
    await open().copyConcealed(secret, 30_000);
    expect(Object.keys(board.formats)).toEqual([
      'text/plain',
      'electron application/osclipboard;format="x-kde-passwordManagerHint"',
    ]);
  });
});

describe('a secret on its way to the clipboard', () => {
  test('is not written without its marks where the clipboard cannot be read', async () => {
    board.unreadable = true;
    await open().copyConcealed(secret, 30_000);
    expect(Object.keys(board.formats)).toHaveLength(2);
  });

  test('is not written once more after a lock came in between', async () => {
    board.losesText = true;
    const clipboard = open();
    const copying = clipboard.copyConcealed(secret, 30_000);
    await clipboard.clearSecret();
    await copying;
    expect(copied()).toBeUndefined();
  });

  test('keeps no process alive for its time', () => {
    vi.useRealTimers();
    const waited = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = waited();
    const clipboard = open();
    void clipboard.copyConcealed(secret, 30_000);
    expect(waited()).toBe(before);
    clipboard.dropSecret();
  });

  test('leaves nothing to clear once it was cleared', async () => {
    const clipboard = open();
    await clipboard.copyConcealed(secret, 30_000);
    await clipboard.clearSecret();
    await board.writeText(secret);
    await clipboard.clearSecret();
    clipboard.dropSecret();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(copied()).toBe(secret);
  });
});

describe('what is no secret', () => {
  test('stays, without a mark', async () => {
    const clipboard = open();
    await clipboard.copy('8cae-a7a9-782e-a0a5');
    await vi.advanceTimersByTimeAsync(600_000);
    await clipboard.clearSecret();
    expect(board.formats).toEqual({ 'text/plain': '8cae-a7a9-782e-a0a5' });
  });

  test('ends the time of a secret that it replaces', async () => {
    const clipboard = open();
    await clipboard.copyConcealed(secret, 30_000);
    await clipboard.copy('8cae-a7a9-782e-a0a5');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(copied()).toBe('8cae-a7a9-782e-a0a5');
  });
});

describe('the marks', () => {
  const named = (platform: NodeJS.Platform) =>
    Object.keys(concealMarks(platform)).map((type) => /format="(.+)"$/.exec(type)?.[1]);

  test('are those of each platform', () => {
    expect(named('darwin')).toEqual(['org.nspasteboard.ConcealedType']);
    expect(named('win32')).toEqual([
      'ExcludeClipboardContentFromMonitorProcessing',
      'CanIncludeInClipboardHistory',
      'CanUploadToCloudClipboard',
    ]);
    expect(named('linux')).toEqual(['x-kde-passwordManagerHint']);
  });

  test('of Windows are a DWORD of zero', async () => {
    for (const mark of Object.values(concealMarks('win32'))) {
      expect(new Uint8Array(await (mark as Blob).arrayBuffer())).toEqual(new Uint8Array(4));
    }
  });

  test.for(['darwin', 'linux'] as const)('on %s are never empty, which would be dropped', (platform) => {
    for (const mark of Object.values(concealMarks(platform))) expect(mark).not.toBe('');
  });
});

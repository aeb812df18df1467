import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { progressOn } from '#commands/progress-line';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A stream as the process has for stderr, and what was written to it. */
function screen(terminal?: { columns: number }) {
  const stream = Object.assign(new PassThrough(), terminal && { isTTY: true, columns: terminal.columns });
  const written = () => String(stream.read() ?? '');
  return { line: progressOn(stream as unknown as NodeJS.WriteStream), written };
}

describe('progress on a stream that is no terminal', () => {
  test('is one line for each step, however often it is told', () => {
    const { line, written } = screen();
    for (let done = 0; done < 100; done++) line.show('staging', done, 100);
    line.show('locking', 0);
    line.end();
    expect(written()).toBe('staging …\nlocking …\n');
  });

  test('is one line for each step, however many tables take turns in it, and begins anew after the end', () => {
    const { line, written } = screen();
    for (const step of ['cutover', 'verifying', 'cutover', 'verifying']) line.show(step, 1, 3);
    line.end();
    line.show('cutover', 0);
    expect(written()).toBe('cutover …\nverifying …\ncutover …\n');
  });
});

describe('progress on a terminal', () => {
  test('is one line, drawn again with a bar that fills', () => {
    const { line, written } = screen({ columns: 100 });
    line.show('staging', 0, 1_000);
    vi.advanceTimersByTime(100);
    line.show('staging', 500, 1_000);
    vi.advanceTimersByTime(100);
    line.show('staging', 1_000, 1_000);
    const drawn = written().split('\r\u001b[2K').slice(1);
    expect(drawn).toHaveLength(3);
    expect(drawn.map((text) => text.split('━').length - 1)).toEqual([0, 12, 24]);
    expect(drawn[1]).toContain('500 of 1,000');
    expect(drawn.join('')).not.toContain('\n');
  });

  test('is not drawn more often than an eye can follow', () => {
    const { line, written } = screen({ columns: 100 });
    for (let done = 0; done < 100; done++) {
      line.show('staging', done, 100);
      vi.advanceTimersByTime(1);
    }
    expect(written().split('\r').length - 1).toBe(2);
  });

  test('tells rate and time left once it can', () => {
    const { line, written } = screen({ columns: 100 });
    line.show('staging', 0, 30_000);
    vi.advanceTimersByTime(2_000);
    line.show('staging', 10_000, 30_000);
    expect(written()).toMatch(/10,000 of 30,000 {2}5,000\/s {2}4\.0 s left$/);
  });

  test('goes on without a total, and never shows more than all of it', () => {
    const { line, written } = screen({ columns: 100 });
    line.show('staging', 1_234);
    expect(written()).toContain('1,234');
    line.show('verifying', 150, 100);
    expect(written().split('━').length - 1).toBe(24);
  });

  test('keeps to the width, so that the line does not wrap', () => {
    const { line, written } = screen({ columns: 30 });
    line.show('staging', 10_000, 30_000);
    expect(written().replace('\r\u001b[2K', '')).toHaveLength(30);
  });

  test('is gone at the end, and leaves nothing where nothing was shown', () => {
    const { line, written } = screen({ columns: 80 });
    line.end();
    expect(written()).toBe('');
    line.show('staging', 1);
    line.end();
    expect(written().endsWith('\r\u001b[2K')).toBe(true);
  });
});

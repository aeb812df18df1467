import { expect, test } from 'vitest';
import { MessageGuard } from '#postgres/session/message-guard';
import { message, rowDescription, welcome } from '#test/support/postgres/false-server';

const guard = () => {
  const one = new MessageGuard(() => true);
  one.take(welcome);
  return one;
};
const copy = message('H', Buffer.from([1, 0, 1, 0, 1]));

test('a row of nearly a gigabyte is let through in a COPY, whose rows are read in pieces, and in no other answer', () => {
  const inCopy = guard();
  inCopy.take(copy);
  expect(() => inCopy.take(message('d', 'x', 900 << 20))).not.toThrow();
  const inAnswer = guard();
  inAnswer.take(rowDescription);
  expect(() => inAnswer.take(message('D', 'x', 900 << 20))).toThrow(
    expect.objectContaining({ code: 'KEEL_OVERSIZED' }),
  );
});

test('messages that break anywhere are followed, byte by byte', () => {
  const one = new MessageGuard(() => true);
  const notice = message('N', 'SWARNING\0Mcareful\0\0');
  for (const byte of Buffer.concat([
    welcome,
    copy,
    notice,
    message('d', 'row'),
    message('c'),
    message('Z', 'I'),
  ]))
    one.take(Buffer.from([byte]));
  expect(() => one.take(message('d', 'row'))).toThrow(expect.objectContaining({ code: 'KEEL_UNASKED' }));
});

test('the rows of one statement are bounded together, and begin anew with the next', () => {
  const one = guard();
  const many = Buffer.concat(Array.from({ length: 10_000 }, () => message('D', Buffer.alloc(5_000))));
  for (let i = 0; i < 5; i++) one.take(many);
  one.take(message('Z', 'I'));
  for (let i = 0; i < 5; i++) one.take(many);
  expect(() => one.take(many)).toThrow(expect.objectContaining({ code: 'KEEL_ENDLESS_ROWS' }));
});

test('the rows of one COPY are bounded together where it is known how many there can be', () => {
  const one = guard();
  one.maxCopied = 10_000;
  const rows = Buffer.concat(Array.from({ length: 99 }, () => message('d', Buffer.alloc(95))));
  for (let i = 0; i < 3; i++) {
    one.take(copy);
    expect(() => one.take(rows)).not.toThrow();
    one.take(Buffer.concat([message('c'), message('Z', 'I')]));
  }
  one.take(copy);
  one.take(rows);
  const empty = Buffer.concat(Array.from({ length: 40 }, () => message('d')));
  expect(() => one.take(empty)).toThrow(expect.objectContaining({ code: 'KEEL_ENDLESS_ROWS' }));
});

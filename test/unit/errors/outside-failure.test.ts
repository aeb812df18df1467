import { describe, expect, test } from 'vitest';
import { asOutsideFailure } from '#errors/outside-failure';
import { asFailure } from '#router';

const withCode = (message: string, more: object) => Object.assign(new Error(message), more);

describe('a failure of what Keel rests on, where nobody expects it,', () => {
  test.for([
    ['ended by an admin', withCode('terminating connection', { severity: 'FATAL', code: '57P01' })],
    ['ended by a crash', withCode('terminating connection', { severity: 'WARNING', code: '57P02' })],
    ['stopped with the server', withCode('shutting down', { severity: 'FATAL', code: '57P03' })],
    ['cut', withCode('Connection terminated unexpectedly', {})],
    ['reset', withCode('read ECONNRESET', { code: 'ECONNRESET', syscall: 'read' })],
    ['cut by Keel for its silence', withCode('the connection was lost', { code: 'ECONNRESET' })],
  ] as const)('is told as a lost session where that was %s', ([, error]) => {
    expect(asOutsideFailure(error)).toMatchObject({ code: 'connection-lost' });
    const noted: unknown[] = [];
    expect(asFailure(error, (...fault) => noted.push(fault))).toMatchObject({ code: 'connection-lost' });
    expect(noted).toEqual([]);
  });

  test.for([
    ['ENOSPC', 'the disk is full'],
    ['EROFS', 'read-only'],
    ['EIO', 'the disk reports an error'],
  ] as const)('is no bug where a disk says %s', ([code, words]) => {
    const error = withCode(`${code}: refused`, { code, syscall: 'rm', path: '/home/x.lock' });
    const failure = asOutsideFailure(error);
    expect(failure).toMatchObject({ code: 'file-unwritable' });
    expect(failure?.message).toContain(words);
    expect(failure?.message).not.toContain('nothing');
  });

  test.for([
    ['a statement that failed', withCode('syntax error', { severity: 'ERROR', code: '42601' })],
    ['a file', withCode('EPIPE', { code: 'EPIPE', syscall: 'write' })],
    ['a bug', new TypeError('undefined is not a function')],
    ['no error', 'Connection terminated'],
  ] as const)('is not what is made of %s', ([, error]) => {
    expect(asOutsideFailure(error)).toBeUndefined();
  });
});

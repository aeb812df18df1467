import { describe, expect, test } from 'vitest';
import { asLostSession } from '#errors/lost-session';
import { asFailure } from '#router';

const withCode = (message: string, more: object) => Object.assign(new Error(message), more);

describe('a database session that is lost where nobody expects it', () => {
  test.for([
    ['ended by an admin', withCode('terminating connection', { severity: 'FATAL', code: '57P01' })],
    ['ended by a crash', withCode('terminating connection', { severity: 'WARNING', code: '57P02' })],
    ['stopped with the server', withCode('shutting down', { severity: 'FATAL', code: '57P03' })],
    ['cut', withCode('Connection terminated unexpectedly', {})],
    ['reset', withCode('read ECONNRESET', { code: 'ECONNRESET', syscall: 'read' })],
  ] as const)('is told as that where it was %s', ([, error]) => {
    expect(asLostSession(error)).toMatchObject({ code: 'connection-lost' });
    const noted: unknown[] = [];
    expect(asFailure(error, (...fault) => noted.push(fault))).toMatchObject({ code: 'connection-lost' });
    expect(noted).toEqual([]);
  });

  test.for([
    ['a statement that failed', withCode('syntax error', { severity: 'ERROR', code: '42601' })],
    ['a file', withCode('EPIPE', { code: 'EPIPE', syscall: 'write' })],
    ['a bug', new TypeError('undefined is not a function')],
    ['no error', 'Connection terminated'],
  ] as const)('is not what %s is taken for', ([, error]) => {
    expect(asLostSession(error)).toBeUndefined();
  });
});

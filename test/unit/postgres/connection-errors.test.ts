import { describe, expect, test } from 'vitest';
import { inTerminalWords } from '#commands/act-text';
import { saying } from '#test/saying';
import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';

/** As Node's network and TLS layers make errors. */
const nodeError = (code: string, message = `${code} at 127.0.0.1`) =>
  Object.assign(new Error(message), { code });

/** As `pg` makes errors of what the server sent. */
const serverError = (code: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), {
    name: 'error',
    severity: 'FATAL',
    code,
    routine: 'SomeRoutine',
    detail: 'Key (token)=(row data) exists.',
    ...more,
  });

describe('an error of the driver', () => {
  test.for([
    ['ECONNREFUSED', 'server-unreachable', 'nothing is listening'],
    ['ENOTFOUND', 'server-unreachable', 'cannot be resolved'],
    ['EAI_AGAIN', 'server-unreachable', 'could not be looked up'],
    ['ETIMEDOUT', 'server-unreachable', 'did not answer in time'],
    ['EHOSTUNREACH', 'server-unreachable', 'no route'],
    ['ENETUNREACH', 'server-unreachable', 'no route'],
    ['ENOENT', 'server-unreachable', 'no Unix socket'],
    ['EACCES', 'server-unreachable', 'is not allowed to use that socket'],
    ['ECONNRESET', 'connection-lost', 'was lost'],
    ['EPIPE', 'connection-lost', 'was lost'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-failed', 'self-signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-failed', 'not trusted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-failed', 'not trusted'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls-failed', 'not trusted'],
    ['CERT_SIGNATURE_FAILURE', 'tls-failed', 'not signed by'],
    ['CERT_HAS_EXPIRED', 'tls-failed', 'expired'],
    ['CERT_NOT_YET_VALID', 'tls-failed', 'not valid yet'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-failed', 'another host name'],
  ] as const)('of Node, %s, is told as %s', ([code, expected, words]) => {
    const cause = nodeError(code);
    const error = fromDriverError(cause, 'connecting');
    expect(error).toMatchObject({ code: expected, message: expect.stringContaining(words), cause });
    expect(error.message).toMatch(/^connecting: /);
    expect(error.remedy).not.toBe('');
  });

  test.for([
    ['28P01', 'login-refused'],
    ['28000', 'login-refused'],
    ['3D000', 'database-missing'],
    ['53300', 'server-unreachable'],
    ['57P03', 'server-unreachable'],
    ['42501', 'privilege-missing'],
    ['55P03', 'lock-timeout'],
    ['25006', 'server-read-only'],
    ['57014', 'cancelled'],
    ['57P01', 'connection-lost'],
    ['57P02', 'connection-lost'],
    ['53100', 'query-failed'],
  ] as const)('of the server, SQLSTATE %s, is told as %s', ([state, expected]) => {
    const error = fromDriverError(serverError(state, 'as the server says it'), 'reading rows');
    expect(error.code).toBe(expected);
    expect(error.message).toMatch(/^reading rows: /);
    expect(error.remedy).not.toBe('');
    expect(error.message.includes('as the server says it')).toBe(expected !== 'login-refused');
  });

  test.for([
    ['The server does not support SSL connections', 'tls-failed', 'sslmode=prefer'],
    ['timeout expired', 'server-unreachable', 'firewalls'],
    ['Connection terminated unexpectedly', 'connection-lost', 'log'],
    ['Connection terminated due to connection timeout', 'connection-lost', 'log'],
    ['Client has encountered a connection error and is not queryable', 'connection-lost', 'log'],
    ['Client was closed and is not queryable', 'connection-lost', 'log'],
    ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', 'login-refused', 'PGPASSWORD'],
    ['SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature does not match', 'login-refused', 'PGPASSWORD'],
    ['error:0A000438:SSL routines::tlsv1 alert internal error', 'tls-failed', 'sslcert'],
  ] as const)('known only by its words, "%s", is told as %s', ([message, code, remedy]) => {
    expect(fromDriverError(new Error(message), 'connecting')).toMatchObject({
      code,
      remedy: saying(remedy),
    });
  });

  test('of the server that has no words here keeps the server’s own, with its SQLSTATE', () => {
    expect(fromDriverError(serverError('42601', 'syntax error'), 'reading rows')).toMatchObject({
      code: 'query-failed',
      message: 'reading rows: syntax error (SQLSTATE 42601)',
    });
  });

  test.for(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'whose code is %s, as a hostile server may send it, has no words here either',
    (code) => {
      expect(fromDriverError(serverError(code, 'gotcha'), 'reading rows')).toMatchObject({
        code: 'query-failed',
        message: `reading rows: gotcha (SQLSTATE ${code})`,
        remedy: 'check the server’s log',
      });
    },
  );

  test('of a pooler, which names no routine, is told all the same', () => {
    const cause = serverError('08P01', 'no such database: app', { routine: undefined });
    expect(fromDriverError(cause, 'connecting')).toMatchObject({
      code: 'query-failed',
      message: 'connecting: no such database: app (SQLSTATE 08P01)',
    });
  });

  test('never shows row data, nor characters that steer a terminal', () => {
    const cause = serverError('23505', `dupli\u001b[31mcate\r\nkey\u202e${'x'.repeat(999)}`);
    const { message, remedy } = fromDriverError(cause, 'writing rows');
    expect(message + inTerminalWords(remedy)).not.toContain('row data');
    expect(message).toMatch(/^writing rows: dupli \[31mcate key x+ \(SQLSTATE 23505\)$/);
    expect(message.length).toBeLessThan(400);
  });

  test('that is already told passes through', () => {
    const error = new KeelError('key-wrong', 'a', 'b');
    expect(fromDriverError(error, 'reading rows')).toBe(error);
  });

  test('that is an abort is told as cancelled', () => {
    const controller = new AbortController();
    controller.abort();
    expect(fromDriverError(controller.signal.reason, 'reading rows')).toMatchObject({
      code: 'cancelled',
      message: 'reading rows was cancelled',
    });
  });

  test('that is a bug is thrown as it is', () => {
    const bug = new TypeError('x is not a function');
    expect(() => fromDriverError(bug, 'reading rows')).toThrow(bug);
    expect(() => fromDriverError('text', 'reading rows')).toThrow('text');
    expect(() => fromDriverError(undefined, 'reading rows')).toThrow();
  });
});

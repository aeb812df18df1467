import { describe, expect, test } from 'vitest';
import type { ConnectionReport } from '#contract/environments';
import { type ProcedureName } from '#contract/procedures';
import { KeelError } from '#errors/keel-error';
import type { Implementations } from '#procedures/implementations';
import { border, failure, fingerprint, key, settings, state } from '#test/support/border';

describe('a secret', () => {
  const input = { environment: 'db', fingerprint };

  test('is not shown without a gesture: its function is not even called', async () => {
    const { call, called, refused } = border({ held: false });
    const answer = await call('keys.reveal', input);
    expect(answer).toEqual(failure('gesture-missing'));
    expect(JSON.stringify(answer)).not.toContain(key);
    expect(called).toEqual([]);
    expect(refused).toEqual(['keys.reveal: no button was pressed for it']);
  });

  test('is shown while a gesture is held', async () => {
    expect(await border({ held: true }).call('keys.reveal', input)).toEqual({ ok: true, value: { key } });
  });

  test.for<[ProcedureName, unknown, Partial<Implementations>]>([
    ['settings.read', {}, { 'settings.read': (async () => ({ ...settings, key })) as never }],
    ['app.state', {}, { 'app.state': (async () => ({ ...state, keychain: { works: true, key } })) as never }],
    ['keys.list', { environment: 'db' }, { 'keys.list': (async () => [{ fingerprint, key }]) as never }],
    ['settings.read', {}, { 'settings.read': (async () => key) as never }],
    ['settings.read', {}, { 'settings.read': (async () => undefined) as never }],
  ])('in an answer of %s that has not its form does not get out', async ([name, input, implementations]) => {
    const { call, faults } = border({ implementations });
    const answer = await call(name, input);
    expect(answer).toEqual(failure('internal'));
    expect(JSON.stringify(answer)).not.toContain(key);
    expect(String(faults[0]?.error)).not.toContain(key);
  });
});

describe('a failure', () => {
  test('that a person can meet comes as code, message and remedy, without its cause', async () => {
    const cause = Object.assign(new Error('hunter2'), { detail: 'Key (x)=(hunter2)' });
    const thrown = new KeelError('state-damaged', 'the file is damaged', 'restore it', { cause });
    const { call, faults } = border({ implementations: { 'settings.read': () => Promise.reject(thrown) } });
    expect(await call('settings.read', {})).toEqual({
      ok: false,
      error: { code: 'state-damaged', message: 'the file is damaged', remedy: 'restore it' },
    });
    expect(faults).toEqual([]);
  });

  test.for<[string, unknown]>([
    ['an exception', new TypeError('hunter2 at /home/ann')],
    [
      'an exception with a code of ours',
      Object.assign(new Error('hunter2'), { code: 'usage', remedy: 'hunter2' }),
    ],
    ['a text', 'hunter2'],
    ['nothing', undefined],
    ['an object that cannot be read', Object.create(null)],
  ])('that nobody foresaw (%s) becomes an id, and goes to the log', async ([, thrown]) => {
    const { call, faults } = border({ implementations: { 'settings.read': () => Promise.reject(thrown) } });
    const answer = await call('settings.read', {});
    expect(answer).toEqual({
      ok: false,
      error: {
        code: 'internal',
        message: 'something went wrong in Keel',
        remedy: expect.any(String),
        details: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      },
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(faults).toEqual([{ id: !answer.ok && answer.error.details?.id, error: thrown }]);
  });

  test('that cannot be put into words is told as internal, and nothing is thrown', async () => {
    const wordless = new KeelError('usage', 'a', undefined as never);
    const { call, operations, events } = border({
      implementations: {
        'settings.read': () => Promise.reject(wordless),
        'rotation.sweep': () => Promise.reject(wordless),
      },
    });
    expect(await call('settings.read', {})).toEqual(failure('internal'));
    await call('rotation.sweep', { environment: 'db' });
    await operations.settle();
    expect(events).toMatchObject([{ kind: 'failed', error: { code: 'internal' } }]);
  });

  test('thrown before the first promise, or for a function that is missing, is caught too', async () => {
    const sync = () => {
      throw new Error('at once');
    };
    const { call, faults } = border({ implementations: { 'settings.read': sync as never } });
    expect(await call('settings.read', {})).toEqual(failure('internal'));
    expect(await call('app.lock', {})).toEqual(failure('internal'));
    expect(faults).toHaveLength(2);
  });
});

describe('long work', () => {
  const request = { connection: { url: 'postgres://ann@db/x' } };
  const report: ConnectionReport = {
    ok: false,
    address: { host: 'db', port: 5432, database: 'x', user: 'ann', sslmode: 'prefer' },
    notes: [],
    stages: [],
  };

  test('answers its id at once, and its checked result as an event', async () => {
    const { call, events, operations } = border({
      implementations: { 'connection.test': async () => report },
    });
    const answer = await call('connection.test', request);
    expect(answer).toEqual({ ok: true, value: { operation: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    expect(events).toEqual([]);
    await operations.settle();
    const { operation } = (answer as { value: { operation: string } }).value;
    expect(events).toEqual([{ kind: 'done', operation, value: report }]);
  });

  test('names its environment in the list', async () => {
    const { call, operations } = border({
      implementations: { 'rotation.sweep': () => new Promise(() => {}) },
    });
    await call('rotation.sweep', { environment: 'db' });
    expect(operations.list()).toMatchObject([{ procedure: 'rotation.sweep', environment: 'db' }]);
  });

  test('is listed as agreed to once the admin was asked and agreed, and not before', async () => {
    const agreed: unknown[] = [];
    const { call, operations } = border({
      implementations: {
        'rotation.undo': async (_input, { consent }) => {
          agreed.push(operations.list()[0]?.agreed);
          await consent.ask({ message: 'Undo the rotation?', detail: '', button: 'Undo' });
          agreed.push(operations.list()[0]?.agreed);
          throw new KeelError('usage', 'nothing was done', 'try it another way');
        },
      },
    });
    await call('rotation.undo', { environment: 'db', accepted: [], rehearse: false });
    await operations.settle();
    expect(agreed).toEqual([undefined, true]);
  });

  test('whose result has a field too many fails, and the field stays here', async () => {
    const { call, events, faults, operations } = border({
      implementations: { 'connection.test': (async () => ({ ...report, password: 'hunter2' })) as never },
    });
    await call('connection.test', request);
    await operations.settle();
    expect(events).toEqual([
      { kind: 'failed', operation: expect.any(String), error: expect.objectContaining({ code: 'internal' }) },
    ]);
    expect(JSON.stringify(events)).not.toContain('hunter2');
    expect(faults).toHaveLength(1);
  });

  test('that is refused starts nothing', async () => {
    const { call, operations } = border();
    expect(await call('rotation.rotate', { environment: 'db' })).toEqual(failure('request-refused'));
    expect(operations.list()).toEqual([]);
  });
});

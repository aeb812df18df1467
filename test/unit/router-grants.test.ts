import { describe, expect, test } from 'vitest';
import { consents } from '#contract/consent';
import type { ProcedureName } from '#contract/procedures';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { border, failure, fingerprint, settings } from '#test/support/border';

const key = { environment: 'db', fingerprint };
const sources: Readonly<Record<string, readonly [name: ProcedureName, input: unknown]>> = {
  press: ['clipboard.write', { text: 'x' }],
  'held-press': ['keys.reveal', key],
  question: ['environments.remove', { environment: 'db' }],
  'question-for-real': ['rotation.undo', { environment: 'db', accepted: [], rehearse: true }],
  'question-if-new': ['connection.test', { connection: { url: 'postgres://ann@db/x' } }],
  nothing: ['settings.read', {}],
};

/** A border at which every procedure above does nothing. */
const quiet = (more: Parameters<typeof border>[0] = {}) =>
  border({
    implementations: Object.fromEntries(Object.values(sources).map(([name]) => [name, async () => settings])),
    ...more,
  });

describe('a procedure is given what the table of consents grants it', () => {
  test.each(['question', 'question-for-real', 'question-if-new'] as const)(
    'the way to ask the admin, and no press, for a %s; a no is told',
    async (asks) => {
      const [name, input] = sources[asks] as (typeof sources)[string];
      expect(consents[name].asks).toBe(asks);
      const { call, given, pressed, denials, refused, operations } = quiet();
      await call(name, input);
      await operations.settle();
      expect(Object.keys(given[name] ?? {})).toContain('consent');
      expect(given[name]).not.toHaveProperty('press');
      expect(pressed).toEqual([]);
      expect(denials).toHaveLength(1);
      denials[0]?.();
      expect(refused).toEqual([`${name}: the admin did not confirm it`]);
    },
  );

  test.each([
    ['press', 'click'],
    ['held-press', 'hold'],
  ] as const)('its press, and no way to ask, for a %s', async (asks, kind) => {
    const [name, input] = sources[asks] as (typeof sources)[string];
    expect(consents[name].asks).toBe(asks);
    const { call, given, pressed, denials } = quiet({ held: true });
    await call(name, input);
    expect(given[name]).toHaveProperty('press');
    expect(given[name]).not.toHaveProperty('consent');
    expect([pressed, denials]).toEqual([[kind], []]);
  });

  test.each([
    ['environments.remove', { environment: 'db' }, true],
    ['handoff.preview', { environment: 'db', target: { kind: 'key-file', path: '/srv/key' } }, true],
    ['settings.read', {}, false],
  ] as const)('to be waited for by whoever quits, where it asks: %s', async (name, input, waits) => {
    let end = () => {};
    const begun = new Promise<void>((resolve) => (end = resolve));
    const { call, quickCalls } = border({ implementations: { [name]: () => begun } });
    const answer = call(name, input);
    const first = Promise.race([quickCalls.settle().then(() => 'quit'), begun.then(() => 'ended')]);
    setImmediate(end);
    expect(await first).toBe(waits ? 'ended' : 'quit');
    await answer;
  });

  test('its turn, for what may be a rehearsal', async () => {
    const { call, rehearsed, operations } = quiet();
    for (const rehearse of [false, true])
      await call('rotation.undo', { environment: 'db', accepted: [], rehearse });
    await call('rotation.rehearse', { environment: 'other', excluded: [], accepted: [] });
    await operations.settle();
    expect(rehearsed).toEqual(['db', 'other']);
  });

  test('and nothing where it asks for nothing', async () => {
    const { call, given, pressed, denials } = quiet();
    await call('settings.read', {});
    expect([given['settings.read'], pressed, denials]).toEqual([{}, [], []]);
  });

  test.each([
    ['press', 'each copy needs its own press'],
    ['held-press', 'a secret is shown only while'],
  ] as const)(
    'without a press, for a %s, it is not called, and it is said which one is missing',
    async (asks, words) => {
      const [name, input] = sources[asks] as (typeof sources)[string];
      const { call, called, refused } = quiet({ pressable: false });
      const answer = await call(name, input);
      expect(answer).toMatchObject({
        ok: false,
        error: { code: 'gesture-missing', message: expect.stringContaining(words) },
      });
      expect(called).toEqual([]);
      expect(refused).toEqual([`${name}: no button was pressed for it`]);
    },
  );
});

describe('what does not match its form is described', () => {
  const told = async (name: unknown, input: unknown) => {
    const { call, refused } = border();
    const answer = await call(name, input);
    return { refused: refused[0], message: answer.ok ? '' : answer.error.message };
  };

  test('by the place and the kind of each of three mistakes at most', async () => {
    const wrong = { idleMinutes: '5', clipboardSeconds: '5', drillEveryDays: '5', notifyWhenDone: '5' };
    const { refused, message } = await told('settings.write', wrong);
    expect(refused).toMatch(/^settings\.write: (\w+: invalid_type; ){2}\w+: invalid_type$/);
    expect(message).toContain('does not match the schema of settings.write (');
    expect(message).toContain('invalid_type); nothing was done');
  });

  test('as the input where it is that, and by its path where it is within', async () => {
    expect((await told('settings.read', 7)).refused).toBe('settings.read: input: invalid_type');
    expect((await told('keys.reveal', { environment: 'db', fingerprint: 7 })).refused).toBe(
      'keys.reveal: fingerprint: invalid_type',
    );
    const columns = [{ schema: 's', table: 't', column: 7, layout: 'base64', kind: 'unknown' }];
    expect((await told('inventory.write', { environment: 'db', columns, excluded: [] })).refused).toBe(
      'inventory.write: columns.0.column: invalid_type',
    );
  });

  test('by sixty characters of a name that nobody declared, or by its type', async () => {
    expect((await told('x'.repeat(90), {})).refused).toBe(`${'x'.repeat(60)}: no such procedure`);
    expect((await told(7, {})).refused).toBe('number: no such procedure');
    expect((await told('keys.dump', {})).message).toContain('there is no such procedure; nothing was done');
  });

  test('of an answer by its procedure, in the log alone', async () => {
    const { call, faults } = border({
      implementations: { 'settings.read': (async () => ({ theme: 7 })) as never },
    });
    expect(await call('settings.read', {})).toEqual(failure('internal'));
    expect(String(faults[0]?.error)).toMatch(
      /the response of settings\.read does not match its schema: theme: /,
    );
  });
});

describe('a failure is told', () => {
  const failing = async (error: unknown) => {
    const read = async () => {
      throw error;
    };
    const { call, faults } = border({ implementations: { 'settings.read': read } });
    return { answer: await call('settings.read', {}), faults };
  };

  test('with the stops that the admin may accept, and none where it has none', async () => {
    const stops = ['other-sessions', 'too-short'];
    const stopped = new KeelError('preflight-stopped', 'it stopped', 'stop Ballast', { stops });
    expect((await failing(stopped)).answer).toMatchObject({ error: { stops } });
    const plain = new KeelError('usage', 'no', text`${{ do: 'recover' }} first`);
    const { answer } = await failing(plain);
    expect(answer).not.toHaveProperty('error.stops');
    // in the words of the window, which has no commands
    expect(JSON.stringify(answer)).not.toContain('keel recover');
  });

  test('as cancelled where the work was called off', async () => {
    const aborted = new DOMException('This operation was aborted', 'AbortError');
    const { answer, faults } = await failing(aborted);
    expect(answer).toMatchObject({ error: { code: 'cancelled', message: 'cancelled; nothing was changed' } });
    expect(faults).toEqual([]);
    // a thing of that name is no such error
    expect((await failing({ name: 'AbortError' })).answer).toEqual(failure('internal'));
  });

  test('as what it is where the disk or the connection failed', async () => {
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', path: '/x' });
    const { answer, faults } = await failing(full);
    expect(answer).not.toEqual(failure('internal'));
    expect(faults).toEqual([]);
    expect((await failing(new Error('Connection terminated unexpectedly'))).answer).toEqual(
      failure('connection-lost'),
    );
  });
});

test('a locked app says so, and what to do', async () => {
  const { call } = border({ locked: true });
  expect(await call('settings.read', {})).toMatchObject({
    error: { code: 'app-locked', message: 'Keel is locked; nothing was done', remedy: 'unlock it first' },
  });
});

test('work without an environment is listed without one', async () => {
  const { call, operations } = border({
    implementations: { 'connection.test': () => new Promise(() => {}) },
  });
  await call('connection.test', { connection: { url: 'postgres://ann@db/x' } });
  expect(operations.list()).toMatchObject([{ procedure: 'connection.test' }]);
  expect(operations.list()[0]).not.toHaveProperty('environment');
});

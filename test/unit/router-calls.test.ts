import { describe, expect, test } from 'vitest';
import { type ProcedureName, procedures } from '#contract/procedures';
import { KeelError } from '#errors/keel-error';
import { border, failure, fingerprint, settings, state } from '#test/support/border';

describe('a call', () => {
  test('with exactly its form reaches its function, and the answer comes back', async () => {
    const { call, refused } = border();
    expect(await call('app.state', {})).toEqual({ ok: true, value: state });
    expect(await call('settings.write', { theme: 'light' })).toEqual({
      ok: true,
      value: { ...settings, theme: 'light' },
    });
    expect(refused).toEqual([]);
  });

  test.for<[string, unknown]>([
    ['a name that is not declared', 'keys.dump'],
    ['a name of the prototype', '__proto__'],
    ['the constructor', 'constructor'],
    ['a method of objects', 'toString'],
    ['an inherited check', 'hasOwnProperty'],
    ['an empty name', ''],
    ['a name with a space', 'app.state '],
    ['a name in other letters', 'APP.STATE'],
    ['a number', 7],
    ['nothing', undefined],
    ['null', null],
    ['an array', ['app.state']],
    ['an object that would become a name', { toString: () => 'app.state' }],
    ['a symbol', Symbol('app.state')],
    ['an endless name', 'x'.repeat(1_000_000)],
  ])('to %s is refused, told, and reaches nothing', async ([, name]) => {
    const { call, refused, called } = border();
    expect(await call(name, {})).toEqual(failure('request-refused'));
    expect(refused).toHaveLength(1);
    expect(refused[0]?.length).toBeLessThan(100);
    expect(called).toEqual([]);
  });

  test.for<[string, ProcedureName, unknown]>([
    ['no input', 'app.state', undefined],
    ['null', 'app.state', null],
    ['an array', 'app.state', []],
    ['a text', 'app.state', '{}'],
    ['a field too many', 'app.state', { verbose: true }],
    ['a prototype as a field', 'app.state', JSON.parse('{"__proto__":{"locked":false}}')],
    ['a field too many beside right ones', 'settings.write', { theme: 'dark', home: '/tmp' }],
    ['a prototype beside right ones', 'settings.write', JSON.parse('{"theme":"dark","__proto__":{"x":1}}')],
    ['a wrong type', 'settings.write', { idleMinutes: '5' }],
    ['a number that is none', 'settings.write', { idleMinutes: Number.NaN }],
    ['a number out of range', 'settings.write', { idleMinutes: 1e9 }],
    ['a value that is not on the list', 'settings.write', { theme: 'pink' }],
    ['a field that is missing', 'keys.reveal', { environment: 'db' }],
    ['a path for an environment', 'keys.reveal', { environment: '../../etc', fingerprint }],
    ['a hidden folder for an environment', 'keys.reveal', { environment: '.ssh', fingerprint }],
    ['an object for a text', 'keys.reveal', { environment: { toString: () => 'db' }, fingerprint }],
    ['a text of 100 MB', 'clipboard.write', { text: 'x'.repeat(100_000_000) }],
    [
      'a list of a million',
      'rotation.preflight',
      { environment: 'db', excluded: Array(1e6).fill('x'), accepted: [] },
    ],
    ['a nesting without end', 'connection.test', { connection: nested(5_000) }],
  ])('with %s is refused, told, and reaches nothing', async ([, name, input]) => {
    const { call, refused, called, operations } = border({ held: true });
    expect(await call(name, input)).toEqual(failure('request-refused'));
    expect(refused).toHaveLength(1);
    expect(called).toEqual([]);
    expect(operations.list()).toEqual([]);
  });

  test('that is refused is not repeated, neither to the window nor to the log', async () => {
    const { call, refused } = border();
    const secret = 'hunter2';
    const answers = [
      await call('app.unlock', { passphrase: [secret] }),
      await call('app.unlock', { passphrase: secret, [secret]: secret }),
      await call('connection.test', { connection: { url: secret, password: { secret } } }),
      await call('files.choose', { purpose: secret }),
    ];
    expect(answers).toEqual(answers.map(() => failure('request-refused')));
    expect(JSON.stringify([answers, refused])).not.toContain(secret);
  });

  test('with the prototype of objects changed by its input leaves it as it was', async () => {
    const { call } = border();
    await call(
      'settings.write',
      JSON.parse('{"constructor":{"prototype":{"polluted":1}},"__proto__":{"polluted":1}}'),
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('a locked app', () => {
  test('answers only what is declared for it, and does nothing else', async () => {
    const names = Object.keys(procedures) as ProcedureName[];
    const open = names.filter((name) => procedures[name].whileLocked);
    expect(open.sort()).toEqual(['app.state', 'app.unlock']);
    const { call, called } = border({ locked: true, held: true });
    for (const name of names.filter((name) => !open.includes(name))) {
      expect(await call(name, {})).toEqual(failure('app-locked'));
      expect(await call(name, { anything: 1 })).toEqual(failure('app-locked'));
    }
    expect(called).toEqual([]);
    expect(await call('app.state', {})).toMatchObject({ ok: true });
  });

  test('does not do what was waiting for its turn when it was locked', async () => {
    const ends: (() => void)[] = [];
    const { call, called, lock } = border({
      implementations: {
        'keys.list': async () => {
          await new Promise<void>((resolve) => ends.push(resolve));
          return [];
        },
      },
    });
    const calls = Array.from({ length: 9 }, () => call('keys.list', { environment: 'db' }));
    while (ends.length < 8) await new Promise((resolve) => setImmediate(resolve));
    lock();
    for (const end of ends) end();
    expect((await Promise.all(calls)).map(({ ok }) => ok)).toEqual([...Array(8).fill(true), false]);
    expect(called).toHaveLength(8);
  });
});

test('what no button asks for is written down, of quick and of long work', async () => {
  const refuse = (code: 'file-not-chosen' | 'confirmation-missing' | 'url-malformed') => async () => {
    throw new KeelError(code, 'nothing was done', 'try it another way');
  };
  const { call, refused, operations } = border({
    implementations: {
      'handoff.preview': refuse('file-not-chosen'),
      'rotation.undo': refuse('confirmation-missing'),
      'environments.list': refuse('url-malformed'),
    },
  });
  const target = { kind: 'env-file', path: '/etc/passwd', variable: 'ENCRYPTION_KEY' };
  await call('handoff.preview', { environment: 'db', target });
  await call('rotation.undo', { environment: 'db', accepted: [], rehearse: false });
  await call('environments.list', {});
  await operations.settle();
  expect(refused).toEqual(['handoff.preview: file-not-chosen', 'rotation.undo: confirmation-missing']);
});

function nested(depth: number): unknown {
  let value: unknown = {};
  for (let n = 0; n < depth; n++) value = { address: value };
  return value;
}

import { describe, expect, test } from 'vitest';
import type { AppEvent } from '#contract/app';
import type { ConnectionReport } from '#contract/environments';
import { type ProcedureName, procedures, reply } from '#contract/procedures';
import { KeelError } from '#errors/keel-error';
import type { Implementations } from '#procedures/implementations';
import { createOperations } from '#procedures/operations';
import { createRouter } from '#router';

const fingerprint = '8cae-a7a9-782e-a0a5';
const key = Buffer.alloc(32, 7).toString('base64');
const settings = {
  theme: 'dark',
  idleMinutes: 5,
  clipboardSeconds: 30,
  notifyWhenDone: true,
  drillEveryDays: 90,
} as const;
const state = {
  locked: false,
  guarded: true,
  version: '0.1.0',
  platform: 'linux',
  theme: 'dark',
  keychain: { works: true },
} as const;

interface Border {
  readonly implementations?: Partial<Implementations>;
  readonly locked?: boolean;
  readonly held?: boolean;
}

/** A router over functions of the test, with everything that it told. */
function border({ implementations = {}, locked = false, held = false }: Border = {}) {
  const events: AppEvent[] = [];
  const refused: string[] = [];
  const faults: { id: string; error: unknown }[] = [];
  const called: string[] = [];
  const all = {
    'app.state': async () => state,
    'settings.read': async () => settings,
    'settings.write': async (change: object) => ({ ...settings, ...change }),
    'keys.reveal': async () => ({ key }),
    ...implementations,
  };
  const counted = Object.fromEntries(
    Object.entries(all).map(([name, run]) => [
      name,
      (...args: unknown[]) => {
        called.push(name);
        return (run as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  );
  const operations = createOperations((event) => events.push(event));
  const route = createRouter({
    implementations: counted as unknown as Implementations,
    operations,
    isLocked: () => locked,
    takePress: (kind) => (kind === 'click' || held ? { isHeld: () => held } : undefined),
    consents: { consentFor: () => ({ ask: async () => {} }) },
    onRefused: (procedure, why) => refused.push(`${procedure}: ${why}`),
    onFault: (id, error) => faults.push({ id, error }),
  });
  const call = async (name: unknown, input: unknown) => reply.parse(await route(name, input));
  return { call, events, refused, faults, called, operations };
}

const failure = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) });

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

describe('a secret', () => {
  const input = { environment: 'db', fingerprint };

  test('is not shown without a gesture: its function is not even called', async () => {
    const { call, called, refused } = border({ held: false });
    const answer = await call('keys.reveal', input);
    expect(answer).toEqual(failure('gesture-missing'));
    expect(JSON.stringify(answer)).not.toContain(key);
    expect(called).toEqual([]);
    expect(refused).toEqual(['keys.reveal: no press was made for it']);
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
        message: 'something in Keel went wrong',
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

function nested(depth: number): unknown {
  let value: unknown = {};
  for (let n = 0; n < depth; n++) value = { address: value };
  return value;
}

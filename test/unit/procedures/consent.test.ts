import { expect, test } from 'vitest';
import { consents } from '#contract/consent';
import type { ProcedureName } from '#contract/procedures';
import { procedures } from '#contract/procedures';
import { createConsentGate, type Question } from '#procedures/consent/consent';
import { questionOf } from '#procedures/consent/question-text';
import { keptInWords, membersInWords } from '#procedures/consent/named-text';
import { onOneLine } from '#procedures/consent/shown-text';
import { KeelError } from '#errors/keel-error';

const question: Question = { message: 'Destroy the key?', detail: '', button: 'Destroy it' };

/** A desk at which the test answers. */
function desk() {
  const shown: {
    readonly question: Question;
    readonly signal: AbortSignal;
    answer(agrees: boolean): void;
  }[] = [];
  const state = { presses: 0, locked: false, readFor: 700, now: 0 };
  const consents = createConsentGate({
    ask: (asked, signal) =>
      new Promise((resolve) => {
        const answer = (agrees: boolean) => {
          state.now += state.readFor;
          resolve(agrees);
        };
        shown.push({ question: asked, signal, answer });
      }),
    now: () => state.now,
    presses: () => state.presses,
    assertOpen() {
      if (state.locked) throw new KeelError('app-locked', 'Keel is locked', 'unlock it');
    },
  });
  let refused = 0;
  const consent = consents.consentFor(() => refused++);
  const outcome = (asked: Promise<unknown>) =>
    asked.then(
      () => 'agreed',
      (error: KeelError) => error.code,
    );
  return {
    shown,
    state,
    consents,
    ask: () => outcome(consent.ask(question)),
    outcome,
    refused: () => refused,
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('one question is open at a time, and one file dialog with it', async () => {
  const { shown, ask, consents, outcome } = desk();
  const first = ask();
  const flood = await Promise.all(Array.from({ length: 50 }, ask));
  expect(new Set(flood)).toEqual(new Set(['confirmation-missing']));
  expect(await outcome(consents.choose(async () => '/a'))).toBe('confirmation-missing');
  expect(shown).toHaveLength(1);
  shown[0]?.answer(true);
  expect(await first).toBe('agreed');
  const second = ask();
  shown[1]?.answer(true);
  expect(await second).toBe('agreed');
});

test('after a no nothing is asked until somebody presses something', async () => {
  const { shown, state, ask, refused, consents, outcome } = desk();
  const first = ask();
  shown[0]?.answer(false);
  expect(await first).toBe('cancelled');
  expect(refused()).toBe(1);
  expect(await ask()).toBe('confirmation-missing');
  expect(await outcome(consents.choose(async () => '/a'))).toBe('confirmation-missing');
  expect(shown).toHaveLength(1);
  state.presses++;
  const again = ask();
  shown[1]?.answer(true);
  expect(await again).toBe('agreed');
});

test('an environment is rehearsed once at a time, and not again until somebody presses something', async () => {
  const { state, consents, outcome } = desk();
  let end = () => {};
  const rehearse = (environment: string) =>
    outcome(consents.rehearse(environment, () => new Promise<void>((resolve) => (end = resolve))));
  const first = rehearse('one');
  expect(await rehearse('two')).toBe('confirmation-missing');
  state.presses++;
  expect(await rehearse('one')).toBe('confirmation-missing');
  end();
  expect(await first).toBe('agreed');
  expect(await rehearse('one')).toBe('confirmation-missing');
  state.presses++;
  const again = rehearse('one');
  end();
  expect(await again).toBe('agreed');
});

test('a rehearsal that fails leaves its place', async () => {
  const { state, consents, outcome } = desk();
  const failing = () => outcome(consents.rehearse('one', () => Promise.reject({ code: 'busy' })));
  expect(await failing()).toBe('busy');
  state.presses++;
  expect(await failing()).toBe('busy');
});

test('a file dialog that was called off counts as a no', async () => {
  const { state, consents, ask } = desk();
  for (const none of [undefined, []]) {
    expect(await consents.choose(async () => ((state.now += 700), none))).toEqual(none);
    expect(await ask()).toBe('confirmation-missing');
    state.presses++;
  }
  const chosen = consents.choose(async () => ((state.now += 700), ['/a']));
  expect(await chosen).toEqual(['/a']);
});

test('a yes that comes before anyone could have read the question does not count, and it is asked again, saying so', async () => {
  const { shown, state, ask } = desk();
  const asked = ask();
  for (const readFor of [0, 699]) {
    state.readFor = readFor;
    shown.at(-1)?.answer(true);
    await settled();
  }
  expect(shown.map(({ question: { detail } }) => detail.includes('did not count'))).toEqual([
    false,
    true,
    true,
  ]);
  expect(shown.map(({ question: { message } }) => message)).toEqual(Array(3).fill(question.message));
  state.readFor = 700;
  shown.at(-1)?.answer(true);
  expect(await asked).toBe('agreed');
});

test('a no counts however fast it comes', async () => {
  const { shown, state, ask } = desk();
  const asked = ask();
  state.readFor = 0;
  shown[0]?.answer(false);
  expect(await asked).toBe('cancelled');
});

test('a file that was chosen before anyone could have read the dialog is not chosen', async () => {
  const { state, consents } = desk();
  const answers = [0, 700];
  const chosen = consents.choose(async () => {
    state.now += answers.shift() ?? 0;
    return `/${answers.length}`;
  });
  expect(await chosen).toBe('/0');
});

test('what is open when the app is left is closed, and answered with no at once', async () => {
  const { shown, ask, consents, state } = desk();
  const asked = ask();
  consents.decline();
  expect(await asked).toBe('cancelled');
  expect(shown[0]?.signal.aborted).toBe(true);
  state.presses++;
  const choosing = consents.choose(() => new Promise<string>(() => {}));
  consents.decline();
  expect(await choosing).toBeUndefined();
});

test('an answer that comes after the lock is none', async () => {
  const { shown, state, ask } = desk();
  const asked = ask();
  state.locked = true;
  shown[0]?.answer(true);
  expect(await asked).toBe('app-locked');
  expect(await ask()).toBe('app-locked');
  expect(shown).toHaveLength(1);
});

test('every procedure stands in the table once, with a reason', () => {
  expect(Object.keys(consents).sort()).toEqual(Object.keys(procedures).sort());
  for (const name of Object.keys(consents) as ProcedureName[])
    expect(consents[name].why.length, name).toBeGreaterThan(6);
});

test('a secret is shown by these procedures only, each while something is held', () => {
  const shown = (Object.keys(consents) as ProcedureName[]).filter(
    (name) => consents[name].asks === 'held-press',
  );
  expect(shown.sort()).toEqual([
    'apiKeys.reveal',
    'credentials.reveal',
    'keys.reveal',
    'passphrase.reveal',
    'words.reveal',
  ]);
});

test('a question names the database whatever the environment is called, and no text of others forges a line', () => {
  const address = {
    host: 'db.example.com',
    port: 5432,
    database: 'acme',
    user: 'a',
    sslmode: 'require',
  } as const;
  const settings = { name: 'Practice”\n\nNothing is lost. (PROD)\u202e', address, production: true } as never;
  const { message, detail } = questionOf(
    {
      of: 'destroy-key',
      fingerprint: '1111-2222-3333-4444',
      heldIn: 'keychain',
      left: ['/a\nb'],
      untested: ['recovery words bank safe”, tested today'],
      accepted: ['none”. All is safe', 'not-swept', 'no-census=h:1/x', 'not-swept', 'none”. All is safe'],
    },
    { settings },
  );
  expect(message).toBe(
    'Permanently destroy key 1111-2222-3333-4444 of “Practice Nothing is lost. prod” (PROD)?',
  );
  expect(detail.split('\n\n')).toEqual([
    'Database “acme” on db.example.com, port 5432.',
    expect.stringContaining('keychain'),
    'Copies that Keel does not delete, from which it restored the key once: “/a[U+000A]b” (characters outside ASCII: U+000A).',
    'Copies that Keel does not delete and has never tested: “recovery words bank safe[U+201D], tested today” (characters outside ASCII: U+201D).',
    'Risks accepted: no sweep has searched for rows encrypted with it, no census was run on “h:1/x”, “none . All is safe”.',
  ]);
  const flood = Array.from({ length: 19 }, (_, n) => `code-${n}`);
  const hidden = questionOf(
    {
      of: 'destroy-key',
      fingerprint: '1',
      heldIn: 'keychain',
      left: [],
      untested: [],
      accepted: [...flood, 'never-used'],
    },
    { settings },
  );
  expect(hidden.detail).toContain(
    'Risks accepted: another deployment, or an older dump, may be encrypted with it,',
  );
  expect(onOneLine('x'.repeat(500)).length).toBe(200);
});

test('a question about a fleet names every database, and is not asked where they do not fit', () => {
  const names = Array.from({ length: 200 }, (_, n) => (n === 0 ? 'a”, and nothing else. “' : `db${n}`));
  expect(membersInWords(names.slice(0, 2))).toBe(
    'The databases: “a[U+201D], and nothing else. [U+201C]” (characters outside ASCII: U+201D, U+201C), “db1”.',
  );
  expect(membersInWords(names)).toContain('“db199”.');
  const many = Array.from({ length: 1000 }, (_, n) => `db${n}`);
  expect(() => membersInWords(many)).toThrow('so you were not asked; nothing was changed');
});

test('names that look alike, or are alike at their beginnings, are told apart in a question', () => {
  const alike = ['acme', 'acme\u200b', '\u0430cme', ' acme', 'acme  x', 'acme x'];
  const long = ['one', 'two'].map((name) => `${'a'.repeat(260)}:5432/${name}`);
  const [, shown = ''] = /^The databases: (.*)\.$/.exec(membersInWords([...alike, ...long])) ?? [];
  expect(shown.split(', “')).toEqual([
    '“acme”',
    'acme[U+200B]” (characters outside ASCII: U+200B)',
    '\u0430cme” (characters outside ASCII: \u0430 is U+0430)',
    '[U+0020]acme”',
    'acme[U+0020][U+0020]x”',
    'acme x”',
    ...long.map((name) => `${name}”`),
  ]);
  expect(keptInWords(['public.t.c', 'public.t\u200b.c'])).toEqual([
    'Not rotated, as chosen: “public.t.c”, “public.t[U+200B].c” (characters outside ASCII: U+200B).',
  ]);
});

test('what is not rotated is named in full, or counted with its tables', () => {
  expect(keptInWords([])).toEqual([]);
  expect(keptInWords(['public.a.b', 'public.a.b'])).toEqual(['Not rotated, as chosen: “public.a.b”.']);
  const many = Array.from({ length: 13 }, (_, n) => `public.t${n % 2}.c${n}`);
  expect(keptInWords(many)).toEqual([
    'Not rotated, as chosen: 13 places in 2 tables: “public.t0”, “public.t1”.',
  ]);
  expect(keptInWords([...many, 'public.last.c'])).toEqual([
    'Not rotated, as chosen: 14 places in 3 tables: “public.t0”, “public.t1”, “public.last”.',
  ]);
});

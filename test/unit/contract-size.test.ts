import { expect, test } from 'vitest';
import { sizeProblem } from '#contract/call-size';
import { border, failure } from '#test/support/border';

test.for<[string, () => unknown]>([
  [
    'a hundred thousand fields and more',
    () => Object.fromEntries(Array.from({ length: 120_000 }, (_, i) => [`k${i}`, 1])),
  ],
  ['three million values in a list', () => ({ accepted: Array(3_000_000).fill(7) })],
  ['a list of a length alone', () => ({ accepted: Object.assign([], { length: 4_000_000_000 }) })],
  ['a text of 100 MB', () => ({ text: 'x'.repeat(100_000_000) })],
  ['many long texts', () => ({ texts: Array(100).fill('x'.repeat(100_000)) })],
  ['a long name of a field', () => ({ ['x'.repeat(5_000_000)]: 1 })],
  ['itself within itself', cyclic],
  ['the same list over and over', () => doubled(30)],
  ['bytes', () => ({ text: new Uint8Array(10_000_000) })],
  ['a map', () => ({ text: new Map([['a', 1]]) })],
  ['a set', () => new Set([1])],
])('a call with %s is refused before its form is looked at, also while locked', async ([, inputOf]) => {
  const input = inputOf();
  for (const locked of [false, true]) {
    const { call, refused, called } = border({ locked });
    const answer = await call('app.unlock', input);
    expect(answer).toEqual(failure('request-refused'));
    expect(answer).toMatchObject({ error: { message: expect.stringMatching(/larger than|plain data/) } });
    expect(refused).toEqual([expect.stringMatching(/^app\.unlock: (larger than|not plain data)/)]);
    expect(called).toEqual([]);
  }
});

test('the longest lists of the contract are within the size of a call', () => {
  const path = `$${'.abcdefghi'.repeat(8)}`;
  const entry = {
    schema: 'public',
    table: 'vault',
    column: 'secret',
    path,
    layout: 'base64',
    kind: 'unknown',
  };
  const apart = { column: 'c', path, layout: '"{tag16 hex}"' };
  const columns = Array.from({ length: 2000 }, () => ({ ...entry, iv: apart, tag: apart, salt: apart }));
  const excluded = Array(500).fill('x'.repeat(200));
  expect(sizeProblem({ environment: 'db', columns, excluded })).toBeUndefined();
  expect(sizeProblem({ environment: 'db', databases: Array(10_000).fill('x'.repeat(300)) })).toBeUndefined();
  expect(sizeProblem({ environment: 'db', accepted: Array(2000).fill('x'.repeat(1000)) })).toBeUndefined();
  expect(sizeProblem(undefined)).toBeUndefined();
});

test('no more of a list is looked at where its length is too much', () => {
  let looked = 0;
  const watched = new Proxy(Array(1_000_000).fill(0), {
    get(list, at) {
      if (typeof at === 'string' && /^\d+$/.test(at)) looked++;
      return Reflect.get(list, at);
    },
  });
  expect(sizeProblem({ list: watched })).toBeDefined();
  expect(sizeProblem({ lists: Array(100).fill(Array(10_000).fill(0)) })).toBeDefined();
  expect(looked).toBe(0);
});

function cyclic(): unknown {
  const one: Record<string, unknown> = {};
  one['self'] = one;
  return one;
}

function doubled(times: number): unknown {
  let list: unknown[] = [];
  for (let n = 0; n < times; n++) list = [list, list];
  return { list };
}

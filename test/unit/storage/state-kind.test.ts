import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatState, parseState, stateKind } from '#storage/state-kind';

const kind = stateKind({
  file: 'shelf.json',
  what: 'the shelf',
  version: 3,
  schema: z.strictObject({
    title: z.string(),
    books: z.array(
      z.strictObject({
        id: z.string(),
        form: z.union([z.literal('paper'), z.strictObject({ file: z.string() })]),
      }),
    ),
  }),
  migrations: {
    // the first had a name
    1: ({ name, ...rest }) => ({ ...rest, title: name }),
    // the second listed ids alone
    2: ({ books, ...rest }) => ({ ...rest, books: (books as string[]).map((id) => ({ id, form: 'paper' })) }),
  },
  remedy: 'put it back',
});
const parse = (document: object) => parseState(kind, JSON.stringify(document), '/home/shelf.json');

describe('a file of state', () => {
  test('of an older version is read step by step, and written as the present one', () => {
    const read = parse({ version: 1, name: 'one', books: ['a'] });
    expect(read.state).toEqual({ title: 'one', books: [{ id: 'a', form: 'paper' }] });
    expect(parse({ version: 2, title: 'one', books: ['a'] }).state).toEqual(read.state);
    const written = JSON.parse(formatState(kind, read.state, read));
    expect(written).toEqual({
      version: 3,
      writtenBy: expect.stringMatching(/^\d+\.\d+\.\d+/),
      ...read.state,
    });
    expect(parse(written).state).toEqual(read.state);
  });

  test('that is not what its version was is damaged', () => {
    expect(() => parse({ version: 2, title: 'one' })).toThrow('is damaged');
    expect(() => parse({ title: 'one', books: [] })).toThrow('it has no version');
    for (const version of [0, -1, 1.5, '3', null]) {
      expect(() => parse({ version, title: 'one', books: [] })).toThrow('it has no version');
    }
  });

  test('of a newer version names its Keel, as far as that is one', () => {
    expect(() => parse({ version: 4, writtenBy: '99.1.0-beta' })).toThrow(
      /^the shelf \/home\/shelf\.json was written by Keel 99\.1\.0-beta, but this is \d+\.\d+\.\d+; nothing was changed$/,
    );
    expect(() => parse({ version: 4, writtenBy: '99.1.0' })).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('update Keel to 99.1.0 or later') }),
    );
    expect(() => parse({ version: 4 })).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('update Keel, then') }),
    );
    for (const writtenBy of [undefined, 9, '9', 'x'.repeat(1000), '1.2.3\nand more', '1.2.3-\u001b[31m']) {
      expect(() => parse({ version: 4, writtenBy })).toThrow(/was written by a newer Keel, but this is/);
    }
  });

  test('keeps fields that are not known where their object stays, also in an alternative and in a list that moved', () => {
    const read = parse({
      version: 3,
      title: 'one',
      books: [
        { id: 'a', form: { file: 'x', more: 1 }, lent: true },
        { id: 'b', form: 'paper', lent: false },
      ],
      room: { number: 7 },
    });
    const [a, b] = read.state.books;
    const written = JSON.parse(
      formatState(
        kind,
        { title: 'two', books: [{ id: 'c', form: 'paper' }, { ...b!, form: { file: 'y' } }, a!] },
        read,
      ),
    );
    expect(written).toMatchObject({ title: 'two', room: { number: 7 } });
    expect(written.books).toEqual([
      { id: 'c', form: 'paper' },
      { id: 'b', form: { file: 'y' }, lent: false },
      { id: 'a', form: { file: 'x', more: 1 }, lent: true },
    ]);
  });

  test('with a mistake beside an unknown field is damaged by the mistake', () => {
    expect(() => parse({ version: 3, title: 7, books: [], more: 1 })).toThrow(/expected string/);
  });

  test('cannot be declared without a way from every version before', () => {
    expect(() => stateKind({ ...kind, migrations: { 1: (older) => older } })).toThrow(
      'no migration from version 2',
    );
  });
});

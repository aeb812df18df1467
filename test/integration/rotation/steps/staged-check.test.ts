import { expect, test } from 'vitest';
import { checkStaged } from '#rotation/run/verify';
import { base64 } from '#test/support/databases/foreign-database';
import {
  documentOf,
  type StagedCells,
  type StagedRows,
  stageByHand,
} from '#test/support/databases/staged-rows';

// What is staged is read back before COMMIT, and every value compared under the two keys.

const damaged = { code: 'verification-failed' };
const rows = 40;

async function staged(wrong: (rows: StagedRows) => Partial<StagedCells>): Promise<StagedRows> {
  const made = await stageByHand();
  for (let id = 1; id <= rows; id++) await made.add(id, id === 17 ? wrong(made) : {});
  return made;
}

const check = ({ client, staging, keys }: StagedRows, expected = rows) =>
  checkStaged(client, staging, keys, expected);

test('rows that are under the new key what they were under the old one pass', async () => {
  await using right = await staged(() => ({}));
  await expect(check(right)).resolves.toBeUndefined();
});

test.each([rows - 1, rows + 1])('a staging table of %i rows is not taken for one of 40', async (expected) => {
  await using right = await staged(() => ({}));
  await expect(check(right, expected)).rejects.toMatchObject(damaged);
});

const wrongs: Readonly<Record<string, (rows: StagedRows) => Partial<StagedCells>>> = {
  'another plaintext': ({ keys }) => ({ newS: base64('{"password": "number 71"}', keys.to.bytes) }),
  'another plaintext in a document': ({ keys }) => ({
    newDoc: documentOf(base64('a token for number 71', keys.to.bytes)),
  }),
  'a last character more': ({ keys }) => ({ newS: base64('{"password": "number 17"} ', keys.to.bytes) }),
  'the old key': ({ keys }) => ({ newS: base64('{"password": "number 17"}', keys.from.bytes) }),
  'a new value that is empty': () => ({ newS: '' }),
  'a new value that is NULL': () => ({ newS: null }),
  'a value where there was none': () => ({ oldS: null }),
  'no ciphertext': () => ({ newS: 'no ciphertext' }),
  'another text around it': ({ keys }) => ({
    newDoc: documentOf(base64('a token for number 17', keys.to.bytes), 'somebody else'),
  }),
  'a value that is left and changed': ({ keys }) => ({
    newS: base64('{"password": "number 17"}', keys.to.bytes),
    note: Buffer.from([1, 0]),
  }),
};

test.each(Object.entries(wrongs))('one row with %s stops it, and is named', async (_, wrong) => {
  await using made = await staged(wrong);
  await expect(check(made)).rejects.toMatchObject({
    ...damaged,
    message: expect.stringContaining('id=17'),
  });
});

test('a value that is left as it is passes under whichever key it is', async () => {
  await using made = await staged(() => ({ oldS: 'short', newS: 'short', note: Buffer.from([1, 0]) }));
  await expect(check(made)).resolves.toBeUndefined();
});

test('it ends where the work was called off', async () => {
  await using right = await staged(() => ({}));
  const { client, staging, keys } = right;
  const signal = AbortSignal.abort();
  await expect(checkStaged(client, staging, keys, rows, { signal })).rejects.toThrow();
});

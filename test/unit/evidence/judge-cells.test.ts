import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { ColumnStatistics } from '#evidence/column-statistics';
import { countInto } from '#evidence/count-cells';
import { judgeCells } from '#evidence/judge-cells';
import { ciphertextReader } from '#forms/ciphertext';
import { parseLayout } from '#forms/layout';
import { encrypt } from '#test/support/forms/foreign-cells';

const layout = parseLayout('base64');
const reader = ciphertextReader(layout);
const bytes = randomBytes(32);
const key = new EncryptionKey(bytes);
const cell = (text: string, under = bytes) => {
  const { iv, body } = encrypt(under, 'cfb128', Buffer.from(text));
  return reader.read(Buffer.concat([iv, body]).toString('base64'));
};

const document = '{"user":"app","password":"correct-horse"}';
const foreign = () => reader.read('not base64!');

test('cells are judged in their order, with a gap where one does not have the layout', async () => {
  using judged = await judgeCells(layout, key, [
    cell(document),
    foreign(),
    cell('ab'),
    cell(document, randomBytes(32)),
    cell(''),
  ]);
  expect(judged.cells.map((each) => each?.evidence.verdict)).toEqual([
    'proven',
    undefined,
    'inconclusive',
    'contradicted',
    'inconclusive',
  ]);
  expect(Buffer.from(judged.cells[0]?.plaintext ?? []).toString()).toBe(document);
  expect(judged.cells[4]?.plaintext).toHaveLength(0);
});

test('what was judged enters the statistics, gaps as unrecognised', async () => {
  const statistics = new ColumnStatistics(layout);
  using judged = await judgeCells(layout, key, [cell(document), foreign(), foreign(), cell('ab')]);
  countInto(statistics, judged.cells);
  expect(statistics.result()).toMatchObject({ rows: 4, proven: 1, inconclusive: 1, unrecognised: 2 });
});

test('plaintexts are wiped with their batch', async () => {
  const judged = await judgeCells(layout, key, [cell(document), cell(document)]);
  const plaintexts = judged.cells.map((each) => each?.plaintext ?? Buffer.from('x'));
  judged[Symbol.dispose]();
  for (const plaintext of plaintexts) expect([...plaintext].every((byte) => byte === 0)).toBe(true);
});

test('cells that were taken apart are judged under another key without being read again', async () => {
  const other = randomBytes(32);
  using first = await judgeCells(layout, key, [cell(document, other), foreign(), cell(document)]);
  using second = await judgeCells(
    layout,
    new EncryptionKey(other),
    first.cells.map((each) => each?.ciphertext),
  );
  expect(second.cells.map((each) => each?.evidence.verdict)).toEqual(['proven', undefined, 'contradicted']);
});

test('no cells are an empty batch', async () => {
  using judged = await judgeCells(layout, key, []);
  expect(judged.cells).toEqual([]);
});

import { createDecipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { cellBefore, editedCell, newCells, usualForm } from '#credentials/new-cell';
import { EncryptionKey } from '#crypto/encryption-key';
import { envelopes } from '#crypto/envelopes';
import { findValues } from '#postgres/cell-values';
import { parseJsonPath } from '#postgres/json-path';
import { innerSecret, openCells, parseLayout, readCell } from '#crypto/layouts';

const layouts = Object.keys(envelopes).flatMap((envelope) => [
  envelope,
  `'it''s v1:' ${envelope} cfb8 pkcs7 inner-base64`,
]);
const key = new EncryptionKey(Buffer.from('0123456789abcdef0123456789ABCDEF'));
const secret = Buffer.from('a secret € \0');

function slotOf(layout: string) {
  const entry = { schema: 's', table: 't', column: 'c', layout, kind: 'unknown' } as const;
  return { entry, layout: parseLayout(layout) };
}

test.each(layouts)('a cell that is new reads as one of its column: %s', async (layout) => {
  const slot = slotOf(layout);
  const { like } = usualForm(slot);
  const [one, other] = await newCells(slot, key, [like, like], [secret, secret]);
  expect(one).not.toEqual(other);
  const read = readCell(slot.layout, one as Buffer);
  expect(read).toBeDefined();
  const { plaintexts } = await openCells(slot.layout, key, read ? [read] : []);
  expect(Buffer.from(innerSecret(slot.layout, plaintexts[0] as Uint8Array) ?? [])).toEqual(secret);
});

test('the usual manner is that of most programs', async () => {
  const written = async (layout: string) => {
    const slot = slotOf(layout);
    const { like, quoted } = usualForm(slot);
    const [cell] = await newCells(slot, key, [like], [secret]);
    return { text: (cell as Buffer).toString('latin1'), quoted };
  };
  const decrypt = (iv: Buffer, body: Buffer) => {
    const decipher = createDecipheriv('aes-256-cfb', Buffer.from(key.bytes), iv);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  };
  const split = (bytes: Buffer) => decrypt(bytes.subarray(0, 16), bytes.subarray(16));
  const base64 = await written('base64');
  expect(base64.text.length % 4).toBe(0);
  expect(split(Buffer.from(base64.text, 'base64'))).toEqual(secret);
  const hex = await written("'enc:' hex");
  expect(hex.text).toMatch(/^enc:[0-9a-f]+$/);
  expect(split(Buffer.from(hex.text.slice(4), 'hex'))).toEqual(secret);
  const json = await written('json-base64');
  expect(json.quoted).toBe(false);
  const { iv, data } = JSON.parse(json.text);
  expect(decrypt(Buffer.from(iv, 'base64'), Buffer.from(data, 'base64'))).toEqual(secret);
  expect(base64.quoted).toBe(true);
});

test('several values are written into one document, and taken out of it again to the letter', () => {
  const before = Buffer.from('{ "a": {"t":5 , "x":"é"}, "b": { "x" :1.0 }, "c":{}, "d": { "t": null } }');
  const slots = [{ ...slotOf('base64'), path: parseJsonPath('$.*.t') }];
  const [slot] = slots as [(typeof slots)[0]];
  const [a] = findValues(before, 0, slots);
  const edits = ['b', 'c', 'd'].map((name) => ({
    slot,
    leaf: `$.${name}.t`,
    fresh: Buffer.from(`fresh-${name}`),
    quoted: true,
  }));
  const first = { slot, leaf: '$.a.t', fresh: Buffer.from('fresh-a'), quoted: true, ...(a && { value: a }) };
  const after = editedCell(before, [...edits, first]);
  expect(after.toString()).toBe(
    '{ "a": {"t":"fresh-a" , "x":"é"}, "b": { "x" :1.0,"t":"fresh-b" }, "c":{"t":"fresh-c"}, "d": { "t": "fresh-d" } }',
  );
  const written = findValues(after, 0, slots).map((value, i) => ({
    slot,
    value,
    leaf: `$.${'abcd'[i]}.t`,
    was: i === 0 ? a : undefined,
  }));
  expect(cellBefore(after, before, written)).toEqual(before);
  const damaged = Buffer.from(after.toString().replace('1.0', '1.1'));
  expect(cellBefore(damaged, before, written)).not.toEqual(before);
});
